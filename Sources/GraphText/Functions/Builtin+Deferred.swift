extension Builtin {
  /// Functions of the language that are refused for now.
  static let deferred: [Builtin] = [
    // Order.
    "sort", "argsort", "top_k",
    // Linear algebra.
    "qr", "eigh", "svd", "expm",
    // Nets.
    "conv1d", "conv2d", "max_pool2d", "avg_pool2d", "batch_norm", "layer_norm",
  ].map { Builtin(deferred: $0) }
}
