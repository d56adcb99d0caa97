import Foundation
import LoopIR

/// C's mathematics, as this process knows it.
enum LibraryReference {
  static func value(_ function: LibraryFunction, _ x: Double) -> Double {
    switch function {
    case .exp: exp(x)
    case .exp2: exp2(x)
    case .expm1: expm1(x)
    case .log: log(x)
    case .log2: log2(x)
    case .log10: log10(x)
    case .log1p: log1p(x)
    case .cbrt: cbrt(x)
    case .sin: sin(x)
    case .cos: cos(x)
    case .tan: tan(x)
    case .asin: asin(x)
    case .acos: acos(x)
    case .atan: atan(x)
    case .sinh: sinh(x)
    case .cosh: cosh(x)
    case .tanh: tanh(x)
    case .asinh: asinh(x)
    case .acosh: acosh(x)
    case .atanh: atanh(x)
    case .erf: erf(x)
    case .erfc: erfc(x)
    case .tgamma: tgamma(x)
    case .lgamma: log(tgamma(x))
    case .pow: pow(x, x)
    case .atan2: atan2(x, x)
    case .hypot: hypot(x, x)
    case .fmod: fmod(x, x)
    }
  }
}
