// Prints how much of the stack in linear memory a call of the function of model.wasm takes, and how
// much model.json states: all below the stack pointer is painted, and looked at after the call.
import { readFileSync } from "node:fs";

const PAINT = 0x5a;
const { functions, libraries } = JSON.parse(readFileSync("model.json", "utf8"));
const { symbol, arguments: names, symbols, stack } = functions[0];
const module = new WebAssembly.Module(readFileSync("model.wasm"));
let memory;
let free = 0;

// A block that is never given back, behind all that the linker has laid out.
function malloc(size) {
  const block = (free + 63) & -64;
  free = block + size;
  if (free > memory.buffer.byteLength) {
    memory.grow(Math.ceil((free - memory.buffer.byteLength) / 65536));
  }
  return block;
}

const bytes = () => new Uint8Array(memory.buffer);
const env = {
  malloc,
  free() {},
  memcpy(to, from, size) { bytes().copyWithin(to, from, from + size); return to; },
  memmove(to, from, size) { bytes().copyWithin(to, from, from + size); return to; },
  memset(to, value, size) { bytes().fill(value, to, to + size); return to; },
};
for (const { module: from, name } of WebAssembly.Module.imports(module)) {
  if (from !== "env" || !(name in env)) throw new Error(`${from}.${name} is not here`);
}
const { exports } = new WebAssembly.Instance(module, { env });
memory = exports.memory;
free = exports.__heap_base.value;

// Sizes are 3, and every array has room for any of these programs.
const isBehind = (name) => ["workspace", "workspace_size"].includes(name);
const room = () => malloc(4096);
const values = names.map((name) => {
  if (symbols.includes(name)) return 3n;
  if (isBehind(name)) return 0;
  return room();
});
const top = exports.__stack_pointer.value;
const bottom = exports.__data_end.value;
bytes().fill(PAINT, bottom, top);
const status = exports[symbol](...values);
if (status !== 0 || exports.__stack_pointer.value !== top) throw new Error(`status ${status}`);
let low = bottom;
while (low < top && bytes()[low] === PAINT) low++;
if (low === bottom) throw new Error("the stack is too small to see what is taken");
console.log(`${top - low} of ${stack}`);
