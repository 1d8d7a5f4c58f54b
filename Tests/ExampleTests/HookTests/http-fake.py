"""A web server for tests: plays a script of answers and writes down what it was asked.

usage: http-fake.py FOLDER

FOLDER/answers holds a JSON object a line: status, headers, body, delay (seconds before the answer) or drop (close without one). The
first request gets the first line and so on; the last line goes on for ever. Each request becomes a line of FOLDER/requests. The port, on
the loopback interface, stands in FOLDER/port as soon as it listens.
"""

import http.server
import json
import os
import sys
import threading
import time

folder = sys.argv[1]
lock = threading.Lock()
served = 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        global served
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        with lock:
            with open(f"{folder}/requests", "a") as log:
                headers = {name.lower(): value for name, value in self.headers.items()}
                log.write(json.dumps({"path": self.path, "headers": headers, "body": body}, ensure_ascii=False) + "\n")
            answers = open(f"{folder}/answers").read().splitlines()
            answer = json.loads(answers[min(served, len(answers) - 1)])
            served += 1
        time.sleep(answer.get("delay", 0))
        if answer.get("drop"):
            self.close_connection = True
            return
        content = answer.get("body", "").encode()
        self.send_response(answer["status"])
        for name, value in answer.get("headers", {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        try:
            self.wfile.write(content)
        except BrokenPipeError:
            pass

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
with open(f"{folder}/port.new", "w") as file:
    file.write(str(server.server_port))
os.rename(f"{folder}/port.new", f"{folder}/port")
server.serve_forever()
