"""Python declarations of the Workers runtime, generated from its TypeScript ones.

The way of a declaration, one module a step:

    extract.mjs   the `.d.ts` file as a JSON model of syntax (TypeScript compiler, in Node)
    reader.py     the JSON as immutable values (model.py), each name resolved
    lower.py      from declarations to named shapes, by way of
        hoist.py      anonymous shapes get names
        settle.py     intersections, mapped types and utility types are worked out
        overloads.py  signatures that choose by `keyof` become overloads
    polarity.py   which shapes Python gives to JS, which it receives, which it does both with
    names.py      which module a declaration lives in, and what Python calls it
    spelling.py   a type as Python writes it
    render.py     a declaration as Python writes it
    modules.py    whole modules: header, imports, declarations
    coverage.py   what became of each declaration, as a report

What JavaScript itself brings (`Promise`, `Array`, …) is written by hand, in `es.pyi.in`.

Dev tooling: nothing here ships.
"""
