import Testing

extension Tool {
  /// A log with one reservation; beside it the shop's `key` and an `auditor`'s.
  static func onShopWithKeys() -> Tool {
    let tally = Tool.onNewLog()
    tally("receive", "tea=100")
    tally("reserve", "order-1", "tea=2")
    for (name, origin) in [("key", "shop.example/log"), ("auditor", "auditor.example")] {
      #expect(tally("key", "generate", "--origin", origin, "--out", tally.path(name)).status == 0)
    }
    return tally
  }

  /// Of something in the tool's directory.
  func path(_ name: String) -> String { directory.path + "/" + name }
}
