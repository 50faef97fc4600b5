# Echo a phone call with Vonage, Flask and flask-sock.
#
#   pip install -r requirements.txt
#   PORT=3000 python3 app.py
#
# ECHO_TEXT=1 sends the text messages back, too.
import os

from flask import Flask, jsonify, request
from flask_sock import Sock
from werkzeug.serving import make_server

app = Flask(__name__)
sock = Sock(app)


@app.route("/webhooks/answer")
def answer_call():
    ncco = [
        {
            "action": "talk",
            "text": "Hello from Flask. Everything you say comes back to you.",
        },
        {
            "action": "connect",
            "from": "FlaskEcho",
            "endpoint": [
                {
                    "type": "websocket",
                    "uri": "ws://{0}/socket".format(request.host),
                    "content-type": "audio/l16;rate=16000",
                    "headers": {"app": "python-flask"},
                }
            ],
        },
    ]
    return jsonify(ncco)


@app.route("/webhooks/events", methods=["POST"])
def events():
    print("event:", request.get_json(), flush=True)
    return "200"


@sock.route("/socket")
def echo_socket(ws):
    while True:
        message = ws.receive()
        if isinstance(message, str):
            print("message:", message, flush=True)
            if os.environ.get("ECHO_TEXT") == "1":
                ws.send(message)
        else:
            ws.send(message)


if __name__ == "__main__":
    server = make_server("127.0.0.1", int(os.environ.get("PORT", 3000)), app, threaded=True)
    print("listening on", server.server_port, flush=True)
    server.serve_forever()
