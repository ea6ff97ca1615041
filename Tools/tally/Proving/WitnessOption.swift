import ArgumentParser
import TallyServer

/// Who is asked to cosign a checkpoint.
struct WitnessOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Have each checkpoint cosigned by this witness; may be given several times, or several with blanks between. With"
        + " its key, or the key's file, what it answers is checked.", valueName: "url[=key]"))
  var witness: [String] = []

  func addresses() throws -> [WitnessAddress] {
    do throws(ServerFailure) {
      var addresses = [WitnessAddress]()
      for text in witness {
        for part in text.split(separator: " ") { addresses.append(try WitnessAddress(part)) }
      }
      return addresses
    } catch {
      throw CommandFailure.usage(error.description)
    }
  }
}
