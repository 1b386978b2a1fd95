class Bindings:
    __slots__ = ()
