"""Celery on a Redis of its own, doing what bench/tasks.bench.ts asks for: celery_server.py <concurrency> <port>."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

from celery import Celery, group
from redis import Redis

CALLERS = 32
POLL_S = 0.005
PATIENCE_S = 60



def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


# The worker imports this file, too, and is told.
REDIS_PORT = int(os.environ.get("BENCH_REDIS_PORT") or free_port())
app = Celery(
    "celery_server",
    broker=f"redis://127.0.0.1:{REDIS_PORT}/0",
    # Nothing else is in this one: its size says how many have ended.
    backend=f"redis://127.0.0.1:{REDIS_PORT}/1",
)
# What a worker that is killed had begun is run again.
app.conf.update(task_acks_late=True, worker_send_task_events=False, broker_pool_limit=CALLERS)


@app.task(name="add")
def add(n, at_ms):
    """The work: answers with the result, and how long it took to begin."""
    return [n + 1, time.time() * 1000 - at_ms]


class Exercise:
    """Rounds of enqueueing and looking, as bench/tasks/exercise.ts has them."""

    def __init__(self, results):
        self.results = results
        self.last = 0
        self.ran = 0

    def call(self, numbers, batch, every_s, ids):
        """Enqueues until the numbers are used up."""
        while True:
            some = [n for n in (next(numbers, None) for _ in range(batch)) if n is not None]
            if not some:
                return
            made = [add.s(n, time.time() * 1000) for n in some]
            sent = [made[0].apply_async()] if len(made) == 1 else group(made).apply_async().results
            ids.extend(one.id for one in sent)
            if every_s > 0:
                time.sleep(every_s)

    def round(self, count, batch, every_ms):
        first = self.last + 1
        self.last += count
        numbers = Locked(iter(range(first, self.last + 1)))
        ids = []
        began = time.perf_counter()
        callers = [
            threading.Thread(target=self.call, args=(numbers, batch, every_ms / 1000, ids))
            for _ in range(1 if every_ms > 0 else CALLERS)
        ]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        enqueue_ms = (time.perf_counter() - began) * 1000
        while self.results.dbsize() < count and time.perf_counter() - began < PATIENCE_S:
            time.sleep(POLL_S)
        total_ms = (time.perf_counter() - began) * 1000
        kept = self.results.mget([f"celery-task-meta-{one}" for one in ids])
        ended = [json.loads(one)["result"] for one in kept if one is not None]
        self.results.flushdb()
        fault = self.fault(first, count, [n for n, _ in ended])
        answer = {"enqueueMs": enqueue_ms, "totalMs": total_ms, "startsMs": [ms for _, ms in ended]}
        return answer if fault is None else {**answer, "fault": fault}

    def fault(self, first, count, results):
        if sorted(results) != list(range(first + 1, first + count + 1)):
            return f"{len(set(results))} results of {count}"
        stats = app.control.inspect(timeout=5).stats() or {}
        ran = sum(worker["total"].get("add", 0) for worker in stats.values())
        more, self.ran = ran - self.ran, ran
        return None if more == count else f"{more} runs of {count}"


class Locked:
    """An iterator for many threads."""

    def __init__(self, iterator):
        self.iterator = iterator
        self.lock = threading.Lock()

    def __next__(self):
        with self.lock:
            return next(self.iterator)


def serve(concurrency, port):
    folder = tempfile.mkdtemp(prefix="manifold-bench-celery-")
    log = ["--appendonly", "yes", "--appendfsync", "everysec", "--save", ""]
    redis = subprocess.Popen(
        ["redis-server", "--port", str(REDIS_PORT), "--bind", "127.0.0.1", "--dir", folder, *log],
        stdout=subprocess.DEVNULL,
    )
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "celery_server", "worker"]
        + ["--concurrency", str(concurrency), "--without-gossip", "--without-mingle", "--loglevel", "ERROR"],
        cwd=os.path.dirname(os.path.abspath(__file__)),
        env={**os.environ, "BENCH_REDIS_PORT": str(REDIS_PORT), "C_FORCE_ROOT": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not app.control.ping(timeout=1):
            time.sleep(0.1)
        exercise = Exercise(Redis(port=REDIS_PORT, db=1))

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                query = parse_qs(urlparse(self.path).query)
                wanted = [int(query[name][0]) for name in ("count", "batch", "everyMs")]
                body = json.dumps(exercise.round(*wanted)).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
    finally:
        # At once, and its processes with it.
        os.killpg(worker.pid, signal.SIGKILL)
        redis.kill()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    serve(int(sys.argv[1]), int(sys.argv[2]))
