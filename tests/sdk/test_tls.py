"""The same clients over TLS, and a certificate that is changed while the server runs."""

import signal
import ssl
import socket
import subprocess

from alibabacloud_pai_dsw20220101 import models as dsw
from clients import create, dsw_client, status_of
from conftest import wait_until


def test_the_sdk_works_over_tls(tls_server):
    client = dsw_client(tls_server)
    instance_id = create(client, "over_tls")
    wait_until(lambda: status_of(client, instance_id) == "Running")
    body = client.get_instance(instance_id, dsw.GetInstanceRequest()).body
    assert body.jupyterlab_url.startswith("https://")


def serial(server):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as raw:
        with context.wrap_socket(raw) as secure:
            return secure.getpeercert(binary_form=True)


def test_sighup_reloads_the_certificate_and_keeps_the_old_one_when_the_new_is_broken(tls_server):
    old = serial(tls_server)
    key = tls_server.certificate.with_name("key.pem")
    saved = tls_server.certificate.read_text(), key.read_text()
    tls_server.certificate.write_text("not a certificate")
    tls_server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "certificate.kept" in tls_server.log())
    assert serial(tls_server) == old

    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", str(key), "-out", str(tls_server.certificate)], check=True, capture_output=True)
    tls_server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: serial(tls_server) != old)
    tls_server.certificate.write_text(saved[0])
    key.write_text(saved[1])
