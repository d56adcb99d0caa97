import LLVMInterop
import LoopIR
import Support

/// The passes that a module goes through, in LLVM's spelling.
extension CodeGenerator {
  /// The optimisations.
  var pipeline: String {
    let level = options.optimization.rawValue
    let isHuge = interface.functions.contains { function in
      function.function.bodies.contains { $0.scalars.count > BlockSplitter.hugeBody }
    }
    let passes = isHuge && level > 0 ? CodeGenerator.hugePipeline : "default<O\(level)>"
    // In front of the optimisations: it does not see vectors that are longer than 128 bits.
    if options.sanitizers.contains(.thread) { return "tsan-module,function(tsan)," + passes }
    return passes + (options.sanitizers.contains(.address) ? ",asan" : "")
  }

  /// The passes behind which code of our own stands in the place of functions of libm.
  static var lanePipeline: String { "always-inline,function(early-cse)" }

  /// What `default<O3>` does with one function after the other. What it does with a whole module
  /// finds nothing in ours, whose functions do not share work, and takes most of the time where the
  /// long ones are translated as they stand.
  private static var hugePipeline: String {
    "function(\(canonical)),always-inline,function(\(simplify)),function(\(vectorize)),globaldce"
  }

  /// Memory in registers, and a first look.
  private static var canonical: String {
    "lower-expect,simplifycfg,sroa<modify-cfg>,early-cse<>,\(combine)"
  }

  /// Short code, and loops in the form that the vectorizers know.
  private static var simplify: String {
    """
    sroa<modify-cfg>,early-cse<memssa>,jump-threading,correlated-propagation,simplifycfg,\(combine),\
    reassociate,loop-mssa(loop-instsimplify,loop-simplifycfg,licm<no-allowspeculation>,loop-rotate,\
    licm<allowspeculation>,simple-loop-unswitch<nontrivial;trivial>),simplifycfg,\(combine),\
    loop(loop-idiom,indvars,loop-deletion,loop-unroll-full),sroa<modify-cfg>,gvn<>,sccp,bdce,\
    \(combine),adce,memcpyopt,dse,loop-mssa(licm<allowspeculation>),\
    simplifycfg<hoist-common-insts;sink-common-insts>,\(combine)
    """
  }

  /// Vectors, and what is left to do behind them.
  private static var vectorize: String {
    """
    loop(loop-rotate,loop-deletion),loop-distribute,inject-tli-mappings,loop-vectorize,\
    loop-load-elim,\(combine),\
    simplifycfg<switch-to-lookup;no-keep-loops;hoist-common-insts;sink-common-insts>,\
    slp-vectorizer,vector-combine,\(combine),loop-unroll<O3>,sroa<preserve-cfg>,\(combine),\
    loop-mssa(licm<allowspeculation>),loop-sink,instsimplify,div-rem-pairs,simplifycfg
    """
  }

  private static var combine: String { "instcombine<no-verify-fixpoint>" }
}
