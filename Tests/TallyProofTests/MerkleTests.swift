import TallyFormat
import TallyTestSupport
import Testing

@Suite("Merkle trees")
struct MerkleTests {
  private func leaves(_ count: Int, seed: UInt64 = 1) -> [Digest] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in MerkleHash.leaf(random.bytes(32)) }
  }

  @Test("have the roots of RFC 6962's own test data")
  func vectors() {
    // The eight leaves and roots that Certificate Transparency's implementations are tested with.
    let data: [[UInt8]] = [
      [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43], Array(0x50...0x57), Array(0x60...0x6F),
    ]
    let roots = [
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    var tree = GrowingTree()
    #expect(tree.root.description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    for (leaf, root) in zip(data, roots) {
      tree.append(MerkleHash.leaf(leaf))
      #expect(tree.root.description == root)
    }
    #expect(GrowingTree(size: tree.size, edge: tree.edge) == tree)
    #expect(GrowingTree(size: 7, edge: tree.edge) == nil)
  }

  @Test("prove each leaf and each smaller tree, and nothing else")
  func proofs() throws {
    let leaves = leaves(70)
    var tree = GrowingTree()
    for size in 1...leaves.count {
      tree.append(leaves[size - 1])
      let naive = NaiveTree(leaves: Array(leaves[..<size]))
      let root = NaiveTree.hash(leaves[..<size])
      #expect(tree.root == root && naive.root(of: UInt64(size)) == root)
      for index in 0..<size {
        let path = naive.inclusion(of: UInt64(index), in: UInt64(size))
        func holds(_ leaf: Digest, _ index: Int, _ size: Int, _ path: [Digest]) -> Bool {
          MerkleProof.isIncluded(leaf, at: UInt64(index), in: UInt64(size), root: root, path: path)
        }
        #expect(holds(leaves[index], index, size, path))
        #expect(!holds(leaves[(index + 1) % leaves.count], index, size, path))
        if size > 1 { #expect(!holds(leaves[index], (index + 1) % size, size, path)) }
        #expect(!holds(leaves[index], index, size, path + [root]))
        #expect(path.isEmpty || !holds(leaves[index], index, size, Array(path.dropLast())))
        #expect(!holds(leaves[index], size, size, path))
      }
      for old in 0...size {
        let before = (size: UInt64(old), root: NaiveTree.hash(leaves[..<old]))
        let path = naive.consistency(from: UInt64(old), to: UInt64(size))
        #expect(MerkleProof.isConsistent(before, (UInt64(size), root), path: path))
        // Every tree begins with the one that has no leaf.
        #expect(MerkleProof.isConsistent(before, (UInt64(size), .zero), path: path) == (old == 0))
        if old > 0 {
          #expect(!MerkleProof.isConsistent((before.size, .zero), (UInt64(size), root), path: path))
          #expect(!MerkleProof.isConsistent(before, (UInt64(size), root), path: path + [root]))
        }
        #expect(!MerkleProof.isConsistent((UInt64(size) + 1, root), (UInt64(size), root), path: path))
      }
    }
  }

  @Test(
    "are, with their proofs, those that Go's tlog makes and checks",
    .enabled(if: GoPeer.shared != nil, "apt install golang-go golang-golang-x-mod-dev"))
  func goTrees() throws {
    let peer = try #require(GoPeer.shared)
    var random = SplitMix64(seed: 7)
    let data = (0..<90).map { _ in random.bytes(32) }
    let naive = NaiveTree(leaves: data.map { MerkleHash.leaf($0) })
    let answer = try peer.run(["trees"], input: data.map { Hex.encode($0) + "\n" }.joined())
    #expect(answer.status == 0 && answer.lines.count == 90 * 7, "\(answer.errors)")
    for line in answer.lines {
      let words = line.split(separator: " ", omittingEmptySubsequences: false)
      let size = try #require(UInt64(words[1]))
      if words[0] == "root" {
        #expect(naive.root(of: size).description == words[2])
        continue
      }
      let other = try #require(UInt64(words[2]))
      let path = words[0] == "record" ? naive.inclusion(of: other, in: size) : naive.consistency(from: other, to: size)
      #expect(path.map(\.description).joined(separator: ",") == words[3], "\(line)")
    }
    var lines = ""
    for size in UInt64(1)...90 {
      let root = naive.root(of: size)
      let (index, old) = (size * 2 / 3 % size, size / 2 + 1)
      let record = naive.inclusion(of: index, in: size).map(\.description).joined(separator: ",")
      lines += "record \(size) \(root) \(index) \(Hex.encode(data[Int(index)])) \(record)\n"
      let tree = naive.consistency(from: min(old, size), to: size).map(\.description).joined(separator: ",")
      lines += "tree \(size) \(root) \(min(old, size)) \(naive.root(of: min(old, size))) \(tree)\n"
    }
    #expect(try peer.run(["check"], input: lines).output == "checked 180\n")
  }
}
