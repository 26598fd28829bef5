"""A replica that holds what it is given: WebSockets and /hold for as long as the other end is there, /slow for a
while. It says whether it had been asked to end by the time it answered."""

import pathlib
import textwrap

SCRIPT = textwrap.dedent('''\
    import asyncio, json, os, resource, signal

    SLOW = 1.5  # seconds that an answer takes
    asked_to_end = asyncio.Event()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    async def serve(reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\\r\\n\\r\\n")
                path = head.split(b" ")[1]
                if path == b"/ws":
                    writer.write(b"HTTP/1.1 101 Switching Protocols\\r\\n"
                                 b"Connection: Upgrade\\r\\nUpgrade: websocket\\r\\n"
                                 # For the key of RFC 6455 section 1.3, which is the tests'.
                                 b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\\r\\n\\r\\n")
                    await reader.read()
                    return
                if path == b"/hold":
                    await reader.read()
                    return
                if path == b"/slow":
                    await asyncio.sleep(SLOW)
                body = json.dumps({"asked_to_end": asked_to_end.is_set(), "host": os.uname().nodename}).encode()
                writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%s" % (len(body), body))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def main():
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, asked_to_end.set)
        server = await asyncio.start_server(serve, "127.0.0.1", 8501, backlog=4096)
        await asked_to_end.wait()
        server.close()
        await asyncio.sleep(0.1)

    asyncio.run(main())
    ''')


def make_patient_model(folder):
    model = pathlib.Path(folder) / "patient"
    model.mkdir(parents=True)
    (model / "serve.py").write_text(SCRIPT)


def patient_service(name, instances):
    return {"name": name, "model_path": "patient", "metadata": {"instance": instances, "rpc": {"worker_threads": 10_000, "keepalive": 20_000}},
            "containers": [{"script": "exec python3 /model/serve.py", "port": 8501,
                            "health_check": {"http_get": {"path": "/", "port": 8501}, "period_seconds": 1}}]}
