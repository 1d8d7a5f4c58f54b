#!/usr/bin/python3
"""Types standard input into a program on a terminal of its own, once it has shown the prompt 'ready> ', and prints what the program
wrote until it says END on a line of its own."""
import fcntl, os, pty, select, struct, sys, termios

keys = sys.stdin.buffer.read()
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 200, 120, 0, 0))
seen = b""
while not (b"END\r\n" in seen and not keys):
    ready, _, _ = select.select([terminal], [terminal] if keys and b"ready> " in seen else [], [], 60)
    if not ready and not (keys and b"ready> " in seen):
        break
    if terminal in ready:
        try:
            read = os.read(terminal, 65536)
        except OSError:
            break
        if not read:
            break
        seen += read
    elif keys:
        keys = keys[os.write(terminal, keys[:256]):]
sys.stdout.buffer.write(seen)
os.close(terminal)
