/* The parts of the LLVM C API that gradc calls, for every supported LLVM (19 to 22).

   Where the versions differ, this header hides it, so that Swift sees one API. Machine code enters
   the JIT as an object file, which needs no thread-safe context: the one part of the C API whose
   functions were renamed between these versions is therefore not used at all. Which library to link
   is said by gradc-llvm.pc, which Toolchain/setup writes. */
#ifndef GRADC_CLLVM_H
#define GRADC_CLLVM_H

#include <llvm-c/Analysis.h>
#include <llvm-c/BitWriter.h>
#include <llvm-c/Core.h>
#include <llvm-c/DebugInfo.h>
#include <llvm-c/Error.h>
#include <llvm-c/ErrorHandling.h>
#include <llvm-c/LLJIT.h>
#include <llvm-c/Object.h>
#include <llvm-c/Orc.h>
#include <llvm-c/Target.h>
#include <llvm-c/TargetMachine.h>
#include <llvm-c/Transforms/PassBuilder.h>
#include <llvm/Config/llvm-config.h>

#if LLVM_VERSION_MAJOR < 19 || LLVM_VERSION_MAJOR > 22
#error "gradc builds with LLVM 19 to 22; run Toolchain/setup"
#endif

/* How many kinds of memory LLVM tells apart in `memory(...)`: each has two bits. */
#if LLVM_VERSION_MAJOR >= 22
#define GRADC_MEMORY_LOCATIONS 6
#elif LLVM_VERSION_MAJOR >= 21
#define GRADC_MEMORY_LOCATIONS 4
#else
#define GRADC_MEMORY_LOCATIONS 3
#endif

#endif
