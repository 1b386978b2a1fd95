"""From what the decorators recorded to text: the shim's exports, and typed stubs."""
