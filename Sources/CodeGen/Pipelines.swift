import LLVMInterop
import LoopIR
import Support

/// The passes that a module goes through, in LLVM's spelling.
extension CodeGenerator {
  /// The optimisations.
  var pipeline: String {
    let passes =
      switch options.optimization {
      case .none: "default<O0>"
      case .less: CodeGenerator.optimizations()
      case .normal, .aggressive: CodeGenerator.optimizations(CodeGenerator.vectorize)
      }
    // In front of the optimisations: it does not see vectors that are longer than 128 bits.
    if options.sanitizers.contains(.thread) { return "tsan-module,function(tsan)," + passes }
    return passes + (options.sanitizers.contains(.address) ? ",asan" : "")
  }

  /// The passes behind which code of our own stands in the place of functions of libm.
  static var lanePipeline: String { "always-inline,function(early-cse)" }

  /// What `default<O3>` does with one function after the other. What it does with a whole module
  /// finds nothing in ours, whose functions do not share work, and takes much of the time.
  ///
  /// Without its search for vectors in straight code: loops that are worth it have their lanes when
  /// they get here. In what is left, mostly recurrences, it pairs values that come one after the
  /// other, and each waits for both and for the shuffles: rollouts took 1.6 times as long.
  private static func optimizations(_ last: String...) -> String {
    let stages = [simplify] + last
    return "function(\(canonical)),always-inline,"
      + stages.map { "function(\($0))," }.joined() + "globaldce"
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
    loop-unroll<O3>,sroa<preserve-cfg>,\(combine),\
    loop-mssa(licm<allowspeculation>),loop-sink,instsimplify,div-rem-pairs,simplifycfg
    """
  }

  private static var combine: String { "instcombine<no-verify-fixpoint>" }
}
