/* What LLVM costs before there is anything to compile: a module with one function that returns is
   optimised and becomes an object, which is dropped. */
#include <llvm-c/Core.h>
#include <llvm-c/Target.h>
#include <llvm-c/TargetMachine.h>
#include <llvm-c/Transforms/PassBuilder.h>

int main(void)
{
    LLVMInitializeNativeTarget();
    LLVMInitializeNativeAsmPrinter();
    char *triple = LLVMGetDefaultTargetTriple(), *error = 0;
    LLVMTargetRef target;
    if (LLVMGetTargetFromTriple(triple, &target, &error))
        return 1;
    LLVMTargetMachineRef machine = LLVMCreateTargetMachine(
        target, triple, LLVMGetHostCPUName(), LLVMGetHostCPUFeatures(), LLVMCodeGenLevelAggressive,
        LLVMRelocPIC, LLVMCodeModelDefault);
    LLVMContextRef context = LLVMContextCreate();
    LLVMModuleRef module = LLVMModuleCreateWithNameInContext("start", context);
    LLVMTypeRef type = LLVMFunctionType(LLVMVoidTypeInContext(context), 0, 0, 0);
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(context);
    LLVMValueRef function = LLVMAddFunction(module, "start", type);
    LLVMPositionBuilderAtEnd(builder, LLVMAppendBasicBlockInContext(context, function, "entry"));
    LLVMBuildRetVoid(builder);
    LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
    if (LLVMRunPasses(module, "default<O3>", machine, options))
        return 2;
    LLVMMemoryBufferRef object;
    if (LLVMTargetMachineEmitToMemoryBuffer(machine, module, LLVMObjectFile, &error, &object))
        return 3;
    return LLVMGetBufferSize(object) == 0;
}
