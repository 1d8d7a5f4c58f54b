package import DurableFiles
internal import SharedKernel
package import SystemCalls

/// The permission modes of what the tools make in a spool: the owner's alone, or the group's too where `shared = yes`.
package struct SpoolModes: Hashable, Sendable {
  package let directory: UInt32
  package let file: UInt32

  package static let ownerOnly = SpoolModes(directory: 0o700, file: 0o600)
  package static let sharedWithGroup = SpoolModes(directory: 0o770, file: 0o660)

  private init(directory: UInt32, file: UInt32) { (self.directory, self.file) = (directory, file) }

  /// Hooks are programs that run as the daemon, so the group may read them and never write them.
  fileprivate func directory(_ folder: SpoolFolder) -> UInt32 { folder == .hooks ? directory & 0o750 : directory }
}

/// The root of an open spool: where its folders are opened and where everything in it is made.
package struct SpoolRoot: Sendable {
  /// What the name of a Maildir in `tmp/` begins with.
  static let maildirPrefix = "maildir."
  /// What the name of a folder in `tmp/` begins with in which mounts are tested.
  package static let mountTestPrefix = "mounttest."

  package let directory: Directory
  private let modes: SpoolModes
  /// Whether other hosts may change what is in the spool; asked for once.
  package let isOnRemoteFileSystem: Bool

  /// As one that only its owner may use.
  package init(_ directory: Directory) {
    (self.directory, modes, isOnRemoteFileSystem) = (directory, .ownerOnly, directory.isRemoteFileSystem)
  }

  private init(_ root: SpoolRoot, modes: SpoolModes) {
    (directory, self.modes, isOnRemoteFileSystem) = (root.directory, modes, root.isOnRemoteFileSystem)
  }

  /// The same, in which the group may use what is made.
  var sharedWithGroup: SpoolRoot { SpoolRoot(self, modes: .sharedWithGroup) }

  /// Opens a folder by an ordinary path, as one that only its owner may use.
  package init(opening path: String) throws(SystemError) { self.init(try Directory(opening: path)) }

  package var path: String { directory.path }

  /// Opens a folder of the spool.
  package func folder(_ folder: SpoolFolder) throws(SystemError) -> Directory { try directory.directory(folder.path) }

  /// Opens a folder of the spool; nil where it is missing.
  package func folderIfPresent(_ folder: SpoolFolder) throws(SystemError) -> Directory? {
    try directory.directoryIfPresent(folder.path)
  }

  /// Opens a folder of the spool, made durably where it is missing.
  package func ensureFolder(_ folder: SpoolFolder) throws(SystemError) -> Directory {
    try directory.ensureDirectory(folder.path, mode: modes.directory(folder))
  }

  /// Opens a folder of derived data, made where it is missing: its loss does no harm, so nothing is synced. The folder above it
  /// must be there.
  package func ensureCacheFolder(_ folder: SpoolFolder) throws(SystemError) -> Directory {
    if let present = try folderIfPresent(folder) { return present }
    let parent = try folder.parent.map { above throws(SystemError) in try self.folder(above) } ?? directory
    _ = try parent.makeDirectory(folder.name, mode: modes.directory)
    return try self.folder(folder)
  }

  /// Makes a folder inside an open one, to be made durable by `ensureFolder`; false where it is there already.
  package func makeUnsettledFolder(_ name: String, in parent: Directory) throws(SystemError) -> Bool {
    try parent.makeUnsettledDirectory(name, mode: modes.directory)
  }

  /// Makes a Maildir that appears whole, with the marks that say what kind it is; what lacks a part of it is completed. The folder above
  /// it is made durably where it is missing.
  package func ensureMaildir(_ folder: SpoolFolder, marks: [String] = []) throws(SystemError) {
    if try folderIfPresent(folder) == nil, let above = folder.parent {
      let isMade = try ensureFolder(above).publishDirectory(
        folder.name, directories: MaildirPart.allCases.map { $0.rawValue }, files: marks, builtIn: ensureFolder(.temporary),
        as: "\(SpoolRoot.maildirPrefix)\(hexadecimal(try randomBytes(8)))", directoryMode: modes.directory, fileMode: modes.file)
      if isMade { return }
    }
    for part in MaildirPart.allCases { _ = try ensureFolder(folder.part(part)) }
    for mark in marks { _ = try openOrCreate(mark, in: self.folder(folder)) }
  }

  /// Opens a file for reading and writing, made empty where it is missing.
  package func openOrCreate(_ name: String, in folder: Directory) throws(SystemError) -> FileDescriptor {
    try folder.open(name, .create, mode: modes.file)
  }

  /// Makes an empty file, which must be new (EEXIST).
  package func createNew(_ name: String, in folder: Directory) throws(SystemError) -> FileDescriptor {
    try folder.open(name, .createExclusively, mode: modes.file)
  }

  /// A file that is being written and gets its name later. `purpose` is the first part of its name in `tmp/`.
  package func temporaryFile(_ purpose: String) throws(SystemError) -> TemporaryFile {
    try temporaryFile(purpose, in: ensureFolder(.temporary))
  }

  /// The same in an open folder, for a caller that makes many.
  package func temporaryFile(_ purpose: String, in folder: Directory) throws(SystemError) -> TemporaryFile {
    try TemporaryFile(in: folder, name: "\(purpose).\(hexadecimal(try randomBytes(8)))", mode: modes.file)
  }

  /// The content of a file with a fixed name; nil where there is none. A file larger than `limit` bytes is EFBIG.
  package func contents(of file: SpoolFile, limit: Int) throws(SystemError) -> [UInt8]? {
    try directory.contents(of: file.path, limit: limit)
  }
}
