import ArgumentParser
import TallyServer

struct UserCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user", abstract: "Users of a server, and their tokens.",
    subcommands: [Add.self, Remove.self, List.self])

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add",
      abstract: "Let somebody connect: prints a new token, once.",
      discussion: """
        The file keeps only the token's hash. A user that is there already gets a new
        token and these roles; the old token ends. A server that runs takes it up on
        SIGHUP.

        Roles: read (stock and reservations), sell (reservations, and returns of an
        order), stock (receipts, counts, transfers, items), audit (events, metrics).

        Example:
          tally user add shop --role sell,read --users users
          tally serve --log shop.tally --users users
          redis-cli -p 6390 --user shop --pass TOKEN STOCK.GET tea
          curl -H 'Authorization: Bearer TOKEN' http://127.0.0.1:6391/v1/stock
        """)

    @Argument(help: "1 to 64 letters, digits, dots, - and _.")
    var name: String

    @Option(help: ArgumentHelp("What it may do, several by commas: read, sell, stock, audit.", valueName: "roles"))
    var role: [String]

    @OptionGroup var file: UsersOption

    func run() throws {
      guard User.isName(name) else { throw CommandFailure.usage("a name is 1 to 64 letters, digits, dots, - and _") }
      // For clients that know passwords only: they say it themselves.
      if name == "default" { throw CommandFailure.usage("default is no user's name: clients send it for any") }
      let roles: Roles
      do throws(ServerFailure) { roles = try UsersFile.roles(role.joined(separator: ","), "--role") } catch {
        throw CommandFailure.usage(error.description)
      }
      let token = Token.random()
      let user = User(name: name, roles: roles, token: TokenHash(of: token.utf8))
      try UsersStore.change(try file.path) { users in
        users.removeAll { $0.name == name }
        if users.count >= UsersFile.mostUsers {
          throw CommandFailure.usage("there are \(UsersFile.mostUsers) users already, and no more is possible")
        }
        users.append(user)
      }
      try Output.reading { output in
        if file.json {
          try output.json { json in
            json.beginObject()
            json.field("name", name)
            json.field("roles", roles.text)
            json.field("token", token)
            json.endObject()
          }
        } else {
          try output.line(token)
        }
      }
      if !file.json { StandardError.print("\(name) may \(roles.text): keep the token, it is not shown again") }
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "remove",
      abstract: "Let somebody connect no longer.",
      discussion: """
        A server that runs takes it up on SIGHUP: the user may do nothing more then,
        connections that are open included.

        Example:
          tally user remove shop --users users
          kill -HUP $(pidof tally)
        """)

    @Argument(help: "The user's name.")
    var name: String

    @OptionGroup var file: UsersOption

    func run() throws {
      try UsersStore.change(try file.path) { users in
        guard users.contains(where: { $0.name == name }) else {
          throw CommandFailure(.rejected, "there is no user called \(Arguments.quote(name))")
        }
        users.removeAll { $0.name == name }
      }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Who may connect, and what each may do.",
      discussion: """
        Example:
          tally user list --users users
        """)

    @OptionGroup var file: UsersOption

    func run() throws {
      let users = try UsersStore.users(try file.path)
      try Output.reading { output in
        for user in users {
          if file.json {
            try output.json { json in
              json.beginObject()
              json.field("name", user.name)
              json.field("roles", user.roles.text)
              json.endObject()
            }
          } else {
            try output.line("\(user.name)  \(user.roles.text)")
          }
        }
      }
    }
  }
}
