extension Duration {
  /// In whole milliseconds, rounded up, so that nothing is waited for less long than was asked: 0 to `Int64.max`.
  package var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
    let (sum, sumOverflow) = whole.addingReportingOverflow((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    if overflow || sumOverflow { return seconds < 0 ? 0 : .max }
    return max(0, sum)
  }
}
