"""The substitutions made in Pyodide's glue, each with a name and a number of places.

Pyodide's `pyodide.asm.mjs` is written for browsers and Node. A worker may not compile wasm or
evaluate source while it handles an event, its heap is restored rather than built, and its clock
and entropy are the build's business. Every such place is handed to `host`, the module
`runtime/host.mjs`, by one of the patches below. A patch that does not match exactly as often as it
says stops the build: a new Pyodide is looked at, never guessed at.
"""

from __future__ import annotations

from dataclasses import dataclass

from worker_build.errors import BuildError


@dataclass(frozen=True, slots=True)
class Patch:
    """One textual substitution: `find` must occur exactly `times` times and becomes `replace`."""

    name: str
    find: str
    replace: str
    times: int = 1


PATCHES: tuple[Patch, ...] = (
    Patch("compile-wasm", "new WebAssembly.Module(", "host.compile(", 4),
    # A slot that was given back (ctypes makes a callback and drops it) is none when the image is
    # restored: an extension takes new ones both times.
    Patch(
        "extension-memory",
        "getMemory(metadata.memorySize+memAlign)",
        "(freeTableIndexes.length=0,"
        "host.extensionMemory(libName,wasmTable,metadata.memorySize+memAlign,getMemory))",
    ),
    Patch(
        "extension-places",
        "if(metadata.tableSize){wasmTable.grow(metadata.tableSize)}var moduleExports;",
        "host.extensionPlaced(libName,memoryBase,tableBase);"
        "if(metadata.tableSize){wasmTable.grow(metadata.tableSize)}var moduleExports;",
    ),
    Patch(
        "extension-order",
        'dso=newDSO(libName,handle,"loading");',
        'dso=newDSO(libName,handle,"loading");host.extensionLoading(libName,handle,flags);',
    ),
    Patch(
        "extension-module",
        "function loadLibData(){",
        "function loadLibData(){const extension=host.extension(libName);"
        "if(extension)return extension;",
    ),
    Patch(
        "extension-door",
        'Module["LDSO"]=LDSO;',
        'Module["LDSO"]=LDSO;Module.loadDynamicLibrary=loadDynamicLibrary;',
    ),
    Patch(
        "extension-symbol",
        "result=addFunction(result,result.sig);HEAPU32[symbolIndex",
        "result=addFunction(result,result.sig);host.extensionSymbol(lib.name,symbol,result);"
        "HEAPU32[symbolIndex",
    ),
    # With `nodejs_compat` a worker has `process`; it is still no Node.
    Patch(
        "not-node",
        'ENVIRONMENT_IS_NODE=globalThis.process?.versions?.node&&globalThis.process?.type!="renderer"',
        "ENVIRONMENT_IS_NODE=false",
    ),
    # It cannot succeed in a worker, and an error tells where it was made: for that, the engine
    # reads the whole glue again.
    Patch("no-script-directory", 'try{scriptDirectory=new URL(".",_scriptName).href}catch{}', ""),
    # A restored interpreter has what the bootstrap makes; the glue's own doors to it open when they
    # are used.
    Patch(
        "restored-bootstrap",
        "API.finalizeBootstrap=function(t,e){t&&Wr();",
        "API.finalizeBootstrap=function(t,e){if(t){Wr();const u=Mo();Hr(API.config.jsglobals,t,e);"
        "host.openLazily(API,u,Ro);Yr();return u}",
    ),
    Patch("heap-limit", "getHeapMax=()=>4294901760", "getHeapMax=()=>host.heapLimit"),
    # Python and extension modules read the clock here; the file system and others, elsewhere.
    Patch(
        "clock-read", "_emscripten_date_now=()=>Date.now();", "_emscripten_date_now=host.readClock;"
    ),
    Patch("clock", "Date.now()", "host.now()", 21),
    Patch("entropy", "view=>crypto.getRandomValues(view)", "host.fillRandom"),
    Patch("no-eval", "eval(", "host.noEval(", 6),
    Patch("no-node-import", "await import(", "await host.noImport(", 12),
    Patch("no-node-import-list", "[import(", "[host.noImport(", 1),
    Patch("no-node-import-rest", ",import(", ",host.noImport(", 2),
    Patch(
        "finalizers",
        "globalThis.FinalizationRegistry?Module.finalizationRegistry=new FinalizationRegistry(",
        "true?Module.finalizationRegistry=new host.FinalizationRegistry(",
    ),
    Patch("abort-finalizers", "qe=new FinalizationRegistry(", "qe=new host.FinalizationRegistry("),
    Patch(
        "await-counted",
        "function onFulfilled(res){checkUsed();",
        "const settled=host.awaiting();function onFulfilled(res){settled();checkUsed();",
    ),
    Patch(
        # Python hears of a rejection a few microtasks later, on a stack of its own: until then the
        # wait goes on.
        "await-rejected-counted",
        "if(handle_exception){return Module.callPyObjectMaybePromising(handle_exception,[err])}",
        "if(handle_exception){return Module.callPyObjectMaybePromising(handle_exception,[err])"
        ".finally(settled)}settled()",
    ),
    # Pyodide starts a call that may wait in a macrotask: there must be no Python below it. Below a
    # microtask there is none either, and no other event comes between.
    Patch(
        "waiting-call-start",
        "e.push(...i),_Py_IncRef(t),await new Promise(d=>API.scheduleCallback(d,0));",
        "const turn=host.entering();e.push(...i),_Py_IncRef(t),await 0;",
    ),
    Patch(
        "waiting-call-turn",
        "l=await Module.promisingApply(t,e,n,o,s,u)",
        "l=await turn(()=>Module.promisingApply(t,e,n,o,s,u))",
    ),
    # CPython's collector walks the frames of every thread state. Those of a stack put aside are
    # linked through C's stack, where another one may be by then: it must not find them. Their
    # values are counted references: nothing is lost. The offset stands in CPython's debug offsets.
    Patch(
        "stack-frames",
        "const threadState=_captureThreadState();",
        "const frame=_PyThreadState_Get()+HEAPU32[(__PyRuntime>>>2)+52]>>>2;"
        "const threadState=_captureThreadState();",
    ),
    Patch(
        "stack-frames-hidden",
        "const stackState=new StackState;",
        "const stackState=new StackState,frames=HEAPU32[frame];HEAPU32[frame]=0;",
    ),
    Patch(
        "stack-aside",
        "suspender:suspenderGlobal.value}}saveState.sig",
        "suspender:suspenderGlobal.value,frame,frames,left:host.leaving()}}saveState.sig",
    ),
    Patch(
        "stack-back",
        "state.stackState.restore();",
        "HEAPU32[state.frame]=state.frames;state.stackState.restore();host.arriving(state.left);",
    ),
    # Names are numbered; from the 256th on their addresses had a part that is no byte.
    Patch("name-address", '"."+(id&65280)', '"."+(id>>8&255)'),
)

# `addEventListener("message", …)` of the glue is for browsers' window messages and throws in
# workerd.
_HEADER = 'import * as host from "./host.mjs";const addEventListener=()=>{};\n'


def patch_glue(source: str) -> str:
    """Return Pyodide's glue with every patch applied.

    Raises:
        BuildError: WB901, a patch does not match as often as it must; the message has its name.
    """
    for patch in PATCHES:
        found = source.count(patch.find)
        if found != patch.times:
            raise BuildError(
                "WB901",
                f"the patch {patch.name!r} matches {found} times, not {patch.times}",
                where="pyodide.asm.mjs",
                fix="use the Pyodide that this worker-build pins, or report this as a bug",
            )
        source = source.replace(patch.find, patch.replace)
    return _HEADER + source
