//! Web servers: the handler that computes is found, not what waits for requests and hands them on.

use crate::environment;
use crate::running::Running;
use crate::tool::{Run, Workplace, candidates, plan};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// What each request asks for.
const SCORING: &str = "\
def score(n):
    total = 0
    for i in range(n):
        total = (total * 31 + i) % 1000003
    return total
";

/// Asks a server from some threads for so many seconds, and tells how many answers came and what went wrong.
const CLIENT: &str = "\
import http.client
import json
import sys
import threading
import time
from scoring import score

N = 20_000


def ask(port, end, expected, told):
    while time.monotonic() < end:
        try:
            connection = http.client.HTTPConnection('127.0.0.1', port, timeout=30)
            connection.request('GET', '/score/%d' % N)
            answer = connection.getresponse().read()
            connection.close()
            told.append(None if json.loads(answer) == expected else answer.decode())
        except Exception as error:
            told.append(repr(error))


def load(port, seconds, threads=4):
    end = time.monotonic() + seconds
    expected, told = {'score': score(N)}, []
    clients = [threading.Thread(target=ask, args=(port, end, expected, told)) for _ in range(threads)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return {'answers': told.count(None), 'failures': [one for one in told if one is not None]}


if __name__ == '__main__':
    print('ready', flush=True)
    with open('told.json', 'w') as file:
        json.dump(load(int(open('port').read()), float(sys.argv[1])), file)
";

/// Serves with what Python has. With seconds as its argument it asks itself for so long, else it serves for ever.
const HTTP_SERVER: &str = "\
import http.server
import json
import sys
import threading
from client import load
from scoring import score


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        n = int(self.path.rsplit('/', 1)[1])
        body = json.dumps({'score': score(n)}).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def main():
    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler) as server:
        if len(sys.argv) > 1:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            assert not load(server.server_port, float(sys.argv[1]))['failures']
            server.shutdown()
        else:
            with open('port', 'w') as file:
                file.write(str(server.server_port))
            print('ready', flush=True)
            server.serve_forever()


if __name__ == '__main__':
    main()
";

/// The same with Flask on the server that comes with it.
const FLASK: &str = "\
import logging
import sys
import threading
from client import load
from flask import Flask, jsonify
from scoring import score
from werkzeug.serving import make_server

app = Flask(__name__)


@app.get('/score/<int:n>')
def answer(n):
    return jsonify(score=score(n))


def main():
    logging.getLogger('werkzeug').setLevel(logging.ERROR)
    server = make_server('127.0.0.1', 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    assert not load(server.server_port, float(sys.argv[1]))['failures']
    server.shutdown()


if __name__ == '__main__':
    main()
";

/// Hands each request to a process of a pool, which computes it. The pool ends with the server, however that ends.
const POOL_SERVER: &str = "\
import concurrent.futures
import http.server
import json
import multiprocessing
import os
import threading
from scoring import score


def leave():
    multiprocessing.parent_process().join()
    os._exit(0)


def leave_with_the_server():
    threading.Thread(target=leave, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        n = int(self.path.rsplit('/', 1)[1])
        body = json.dumps({'score': self.server.pool.submit(score, n).result()}).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def main():
    context = multiprocessing.get_context('spawn')
    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler) as server:
        server.pool = concurrent.futures.ProcessPoolExecutor(
            2, mp_context=context, initializer=leave_with_the_server
        )
        assert server.pool.submit(score, 1).result() == 0
        with open('port', 'w') as file:
            file.write(str(server.server_port))
        print('ready', flush=True)
        server.serve_forever()


if __name__ == '__main__':
    main()
";

fn workplace(server: &str) -> Workplace {
    let workplace = Workplace::new();
    workplace.file("scoring.py", SCORING);
    workplace.file("client.py", CLIENT);
    workplace.file("server.py", server);
    workplace
}

/// The computing function alone is proposed: no wait, nothing that hands requests on.
#[track_caller]
fn check(report: &Path) {
    assert_eq!(candidates(&plan(report)), ["scoring.score"]);
}

fn check_run(server: &str) {
    let workplace = workplace(server);
    workplace
        .run(&["run", "--rate", "500", "server.py", "4"])
        .expect(0);
    check(&workplace.path().join("reports/server"));
}

#[test]
fn the_computing_function_of_a_server_of_the_standard_library_is_found() {
    check_run(HTTP_SERVER);
}

#[test]
fn the_computing_function_of_a_flask_server_is_found() {
    check_run(FLASK);
}

/// Attaches to the server while it is asked all the time, and gets every answer.
fn check_attach(server: &str, options: &[&str]) {
    let workplace = workplace(server);
    let python = |words: &[&str]| {
        let mut command = Command::new(environment::python());
        command.current_dir(workplace.path()).args(words);
        Running::ready(command.stderr(Stdio::null()))
    };
    let mut server = python(&["server.py"]);
    let mut client = python(&["client.py", "6"]);
    let pid = server.pid();
    let words = [
        &[
            "attach",
            "--duration",
            "4s",
            "--rate",
            "500",
            "-o",
            "report",
        ],
        options,
        &[&pid],
    ];
    let attached = Run::of(workplace.rustbound().args(words.concat())).expect(0);
    assert!(client.0.wait().expect("it ends by itself").success());
    assert_eq!(server.0.try_wait().expect("it is ours"), None);
    let told = fs::read_to_string(workplace.path().join("told.json")).expect("the client tells");
    let told: Value = serde_json::from_str(&told).expect("it is JSON");
    assert_eq!(told["failures"], Value::Array(Vec::new()), "{attached:?}");
    assert!(told["answers"].as_u64() > Some(0), "{told}");
    check(&workplace.path().join("report"));
}

#[test]
fn a_server_under_load_is_attached_to_and_answers_all_the_time() {
    check_attach(HTTP_SERVER, &[]);
}

#[test]
fn a_pool_under_load_is_attached_to_and_answers_all_the_time() {
    check_attach(POOL_SERVER, &["--subprocesses"]);
}

#[test]
fn a_server_whose_pool_is_not_followed_says_how_to_follow_it() {
    let workplace = workplace(POOL_SERVER);
    let mut command = Command::new(environment::python());
    command.current_dir(workplace.path()).arg("server.py");
    let server = Running::ready(command.stderr(Stdio::null()));
    let words = ["attach", "--duration", "1s", "-o", "report", &server.pid()];
    let run = workplace.run(&words).expect(0);
    let said = run.stdout + &run.stderr;
    assert!(said.contains("not followed: `--subprocesses`"), "{said}");
    let plan = plan(&workplace.path().join("report"));
    assert_eq!(candidates(&plan), [""; 0]);
}
