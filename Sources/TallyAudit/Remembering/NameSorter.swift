/// Sorts fingerprints, which nobody can choose, in some 8 ns each: by their next bits into about as many places as there
/// are fingerprints, and the few in each place by insertion. Keeps its memory between lists.
struct NameSorter {
  private static let mostBits = 16
  private var scratch: [UInt64] = []
  /// Where the next one of each place goes.
  private var places: [Int] = []

  /// - Parameter shared: so many first bits are the same in all of them, below 63.
  mutating func sort(_ names: inout [UInt64], sharing shared: Int) {
    guard names.count > 1 else { return }
    let bits = min(Int.bitWidth - names.count.leadingZeroBitCount, NameSorter.mostBits, 63 - shared)
    let (shift, mask) = (UInt64(64 - shared - bits), UInt64(1) << UInt64(bits) - 1)
    scratch.removeAll(keepingCapacity: true)
    scratch.append(contentsOf: names)
    places.removeAll(keepingCapacity: true)
    places.append(contentsOf: repeatElement(0, count: 1 << bits))
    names.withUnsafeMutableBufferPointer { names in
      places.withUnsafeMutableBufferPointer { places in
        for name in names { places[Int(truncatingIfNeeded: name >> shift & mask)] += 1 }
        var sum = 0
        for place in places.indices { (places[place], sum) = (sum, sum + places[place]) }
        for name in scratch {
          let place = Int(truncatingIfNeeded: name >> shift & mask)
          names[places[place]] = name
          places[place] += 1
        }
      }
      NameSorter.insertionSort(names)
    }
  }

  private static func insertionSort(_ names: UnsafeMutableBufferPointer<UInt64>) {
    for index in 1..<names.count {
      let name = names[index]
      var hole = index
      while hole > 0, names[hole - 1] > name {
        names[hole] = names[hole - 1]
        hole -= 1
      }
      names[hole] = name
    }
  }
}
