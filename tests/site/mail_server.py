"""A mail server for tests: it takes, refuses, hangs up or stops exactly where a test wants."""

import re
import socketserver
import threading


class MailServer:
    """`accepted` lists the addresses of every message it has taken responsibility for."""

    def __init__(self):
        self.accepted = []
        self.texts = []
        self.answers = {}
        """By step (`RCPT`, `DATA`, `.`): a function of the address that returns a reply, or None
        to do as usual. "" hangs up."""
        self._lock = threading.Lock()
        outer = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self):
                outer._serve(self.rfile, self._say)

            def _say(self, words):
                self.wfile.write(f"{words}\r\n".encode())

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True

            def handle_error(self, *args):
                """A client that was killed is what these tests are about."""

        self._server = Server(("127.0.0.1", 0), Session)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, lines, say):
        say("220 ready")
        address = ""
        while line := lines.readline():
            verb = line[:4].upper().strip().decode()
            if verb == "RCPT":
                address = re.search(rb"<([^>]+)>", line)[1].decode()
            answer = self._answer(verb, address)
            if answer == "":
                return
            if verb == "DATA" and not answer:
                say("354 go on")
                text = self._read(lines)
                answer = self._answer(".", address)
                if answer == "":
                    return
                if not answer:
                    with self._lock:
                        self.accepted.append(address)
                        self.texts.append(text)
                if self._answer("taken", address) == "":
                    return
            say(answer or {"QUIT": "221 bye", "EHLO": "250 here"}.get(verb, "250 fine"))

    def _answer(self, step, address):
        decide = self.answers.get(step)
        return decide(address) if decide else None

    @staticmethod
    def _read(lines):
        text = b""
        while (line := lines.readline()) and line != b".\r\n":
            text += line
        return text.decode()
