extension Int64 {
  /// The sum, or the largest number where it does not fit: for counts that people read, which a file's quantities must
  /// not turn into a trap.
  func saturatingSum(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
