import Glibc
import NIOCore
import NIOPosix

/// Opens sockets that take connections.
enum Listening {
  /// Connections that wait to be taken.
  private static let backlog: Int32 = 1_024
  /// What the kernel may hold of a connection before it is read; Linux takes twice as much. Enough for hundreds of
  /// commands: with megabytes, which it takes by itself, they would wait for their refusal longer than others for an answer.
  private static let unreadBytes: SocketOptionValue = 16 << 10

  static func open(
    _ address: ListenAddress, _ group: MultiThreadedEventLoopGroup, _ loops: [LoopServices],
    _ context: ServerContext
  ) throws(ServerFailure) -> any Channel {
    let byLoop = Dictionary(
      zip(group.makeIterator().map { ObjectIdentifier($0) }, loops), uniquingKeysWith: { first, _ in first })
    // A socket of this machine needs none.
    let tls: ServerTLS? = if case .tcp = address { context.tls } else { nil }
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: backlog)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      // Of the listening socket, whose connections begin with it.
      .serverChannelOption(.socketOption(.so_rcvbuf), value: unreadBytes)
      // One at a time, so that none is read for long while others wait.
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelOption(.autoRead, value: false)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 2_048, maximum: 65_536)
      )
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard let loop = byLoop[ObjectIdentifier(channel.eventLoop)] else { throw ChannelError.ioOnClosedChannel }
          if let tls { try channel.pipeline.syncOperations.addHandler(tls.handler()) }
          try channel.pipeline.syncOperations.addHandler(loop.makeConnection())
        }
      }
    do {
      switch address {
      case .tcp(let host, let port):
        let resolved = try SocketAddress.makeAddressResolvingHost(host, port: port)
        if !context.configuration.servesOtherMachines, !resolved.isLoopback {
          throw ServerFailure.beyondLoopback("\(address)")
        }
        return try bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1).bind(to: resolved).wait()
      case .unix(let path):
        try removeDeadSocket(path)
        return try bootstrap.bind(unixDomainSocketPath: path).wait()
      }
    } catch let failure as ServerFailure {
      throw failure
    } catch {
      throw .cannotListen("\(address)", reason: reason(error))
    }
  }

  /// A socket that a server left behind when it was killed: nobody answers there.
  static func removeDeadSocket(_ path: String) throws {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return }
    let probe = try? ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(unixDomainSocketPath: path).wait()
    if let probe {
      try? probe.close().wait()
      throw IOError(errnoCode: EADDRINUSE, reason: "another server listens there")
    }
    unlink(path)
  }

  static func reason(_ error: any Error) -> String {
    guard let error = error as? IOError else { return "\(error)" }
    return String(cString: strerror(error.errnoCode))
  }
}
