/// Delta debugging: drops as many steps as it can while the rest still fails.
func shrink<Step>(_ steps: [Step], stillFails: ([Step]) -> Bool) -> [Step] {
  var steps = steps
  var chunk = max(1, steps.count / 2)
  while true {
    var dropped = false
    var start = 0
    while start < steps.count {
      var candidate = steps
      candidate.removeSubrange(start..<min(start + chunk, steps.count))
      if !candidate.isEmpty, stillFails(candidate) {
        steps = candidate
        dropped = true
      } else {
        start += chunk
      }
    }
    if chunk == 1 && !dropped { return steps }
    chunk = max(1, chunk / 2)
  }
}
