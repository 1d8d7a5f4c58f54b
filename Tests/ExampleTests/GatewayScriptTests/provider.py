"""A payment provider on the loopback interface that misbehaves as its keys say: "late-1" is late.

Started with the name of a file, into which it writes its port; ends when its standard input ends.
GET /moves tells every movement of money it made, one a line: KEY AMOUNT, negative when given back.
"""
import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

charges = {}
moves = []
seen = set()
lock = threading.Lock()


def charge(key, form):
    """What a provider with idempotency keys does: the status, the body, whether it is a repeated answer."""
    with lock:
        if key in charges:
            known = charges[key]
            if known["form"] != form:
                return 422, {"error": "key reused"}, False
            return known["first"] + (True,)
        declined = key.startswith("decline")
        answer = {"state": "declined" if declined else "charged", "id": "ch_%d" % (len(charges) + 1)}
        charges[key] = {"form": form, "state": answer["state"], "id": answer["id"], "first": (402 if declined else 201, answer)}
        if not declined:
            moves.append("%s %d" % (key, int(form["amount"][0])))
        return charges[key]["first"] + (False,)


class Provider(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def answer(self, status, body, repeated=False):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        if repeated:
            self.send_header("Idempotent-Replayed", "true")
        self.end_headers()
        self.wfile.write(data)

    def drop(self):
        self.close_connection = True
        self.connection.close()

    def do_GET(self):
        if self.path == "/moves":
            return self.answer(200, "\n".join(moves).encode())
        key = self.path.rsplit("/", 1)[1]
        with lock:
            known = charges.get(key)
        if known is None:
            return self.answer(404, {"error": "no such charge"})
        self.answer(200, {"state": known["state"], "id": known["id"]})

    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"] or 0)).decode())
        if self.path.endswith("/void"):
            return self.void(self.path.split("/")[-2])
        key = self.headers["Idempotency-Key"]
        with lock:
            isFirst = key not in seen
            seen.add(key)
        kind = key.split("-")[0] if isFirst else "plain"
        if self.headers["Authorization"] != "Bearer secret":
            return self.answer(401, {"error": "who are you"})
        if kind == "limited":
            return self.answer(429, {"error": "slow down"})
        if kind == "busy":
            return self.answer(409, {"error": "at work on it"})
        if kind == "fails":
            return self.answer(500, b"<html>")
        if kind == "drops":
            return self.drop()
        if kind == "overtaken":
            # The request sits somewhere on the way until its client has long given up and voided the key.
            while key not in charges:
                time.sleep(0.01)
        status, body, repeated = charge(key, form)
        if kind == "late":
            time.sleep(3)
        if kind == "loses":
            return self.drop()
        if kind == "breaks":
            return self.answer(500, b"")
        if kind == "garbage":
            return self.answer(200, b'{"state":"charged","id":"ch_1"} \x00 or not')
        if kind == "cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"state":"charged","id":"ch_1"}')
            return self.drop()
        self.answer(status, body, repeated)
        if kind == "twice":
            self.answer(status, body, repeated)

    def void(self, key):
        with lock:
            known = charges.get(key)
            if known and known["state"] == "charged":
                known["state"] = "voided"
                moves.append("%s -%d" % (key, int(known["form"]["amount"][0])))
        if known is None:
            return self.answer(404, {"error": "no such charge"})
        self.answer(200, {"state": known["state"], "id": known["id"]})


server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
with open(sys.argv[1] + ".new", "w") as file:
    file.write(str(server.server_address[1]))
os.rename(sys.argv[1] + ".new", sys.argv[1])
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
