"""Records what a real Label Studio says of the same annotations in three ways.

    python3 record.py http://127.0.0.1:8081 LEGACY_TOKEN

writes webhooks.json, export.json and export-min.json (each a list over two projects, one with a Pairwise and one with
Choices) into the current directory. Label Studio 1.23.2, started as docs/annotation-tools.md says.
"""

import http.server
import json
import sys
import threading
import urllib.request

SERVER, TOKEN = sys.argv[1:3]
VIEW = """<View><Text name="prompt" value="$prompt"/><Text name="first" value="$first"/><Text name="second" value="$second"/>
<Choices name="which_was_longer" toName="prompt"><Choice value="first"/><Choice value="second"/></Choices>
<Choices name="reason" toName="prompt" choice="multiple"><Choice value="helpful"/><Choice value="shorter"/></Choices>
<TextArea name="why" toName="prompt"/>%s</View>"""
PAIRWISE = VIEW % '<Pairwise name="preference" toName="first,second"/>'
CHOICES = VIEW % (
    '<Choices name="preference" toName="prompt">'
    + "".join(f'<Choice value="{word}"/>' for word in ("first", "second", "tie", "skip"))
    + "</Choices>"
)
events = []


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        events.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments):
        pass


def call(method, path, body=None):
    request = urllib.request.Request(
        SERVER + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Authorization": "Token " + TOKEN},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        content = answer.read()
        return json.loads(content) if content else None


def result(name, kind, value):
    to = "first,second" if kind == "pairwise" else "prompt"
    return {"from_name": name, "to_name": to, "type": kind, "value": value}


def annotation(decision):
    return [
        result("which_was_longer", "choices", {"choices": ["first"]}),
        result("reason", "choices", {"choices": ["helpful", "shorter"]}),
        result("why", "textarea", {"text": ["because"]}),
    ] + decision


def project(title, view, second, tie):
    number = call("POST", "/api/projects", {"title": title, "label_config": view})["id"]
    call(
        "POST",
        "/api/webhooks/",
        {"project": number, "url": f"http://127.0.0.1:{receiver.server_port}/", "send_payload": True,
         "send_for_all_actions": True},
    )
    data = [{"prompt": f"{title} {i}", "first": "one", "second": "two"} for i in range(6)]
    data[0]["comparisonId"] = "p/0/0|p/0/1"
    tasks = call("POST", f"/api/projects/{number}/import?return_task_ids=true", [{"data": d} for d in data])["task_ids"]

    def annotate(task, decision, **more):
        return call("POST", f"/api/tasks/{task}/annotations/", dict({"result": decision}, **more))["id"]

    annotate(tasks[0], annotation([second]), completed_by=1, lead_time=2.5)
    annotate(tasks[0], annotation([]), completed_by=person)
    annotate(tasks[1], [], was_cancelled=True)
    changed = annotate(tasks[2], annotation(tie))
    call("PATCH", f"/api/annotations/{changed}/", {"result": [second]})
    call("DELETE", f"/api/annotations/{annotate(tasks[3], [second])}/")
    annotate(tasks[4], annotation(tie))
    for format, rows in exports.items():
        rows += call("GET", f"/api/projects/{number}/export?exportType={format}&download_all_tasks=true")


receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=receiver.serve_forever, daemon=True).start()
people = {user["username"]: user["id"] for user in call("GET", "/api/users/")}
person = people.get("second") or call(
    "POST", "/api/users/", {"username": "second", "email": "second@example.com", "password": "secret-password"}
)["id"]
exports = {"JSON": [], "JSON_MIN": []}
project("pairwise", PAIRWISE, result("preference", "pairwise", {"selected": "right"}), [])
project(
    "choices",
    CHOICES,
    result("preference", "choices", {"choices": ["second"]}),
    [result("preference", "choices", {"choices": ["tie"]})],
)
for event in events:
    event.pop("project", None)  # long, and not looked at
kept = [event for event in events if event["action"].startswith("ANNOTATION")]
for name, content in (("webhooks", kept), ("export", exports["JSON"]), ("export-min", exports["JSON_MIN"])):
    with open(name + ".json", "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.write("\n")
