"""A private MariaDB server in a temporary folder, from Debian's package, for one test run."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path


def free_port() -> int:
	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		return probe.getsockname()[1]


class PrivateServer:
	def __init__(self):
		self.folder = Path(tempfile.mkdtemp(prefix="crm-mariadb-"))
		self.port = free_port()
		self.process = None

	@property
	def url(self) -> str:
		return f"mysql://root:root@127.0.0.1:{self.port}"

	def start(self, seconds: float = 60):
		user = ["--user=mysql"] if os.geteuid() == 0 else []
		if user:
			shutil.chown(self.folder, "mysql")
		data = f"--datadir={self.folder / 'data'}"
		install = ["mariadb-install-db", "--no-defaults", data, "--auth-root-authentication-method=normal"]
		subprocess.run([*install, "--skip-test-db", *user], check=True, capture_output=True)
		binary = shutil.which("mariadbd") or "/usr/sbin/mariadbd"
		self.process = subprocess.Popen(
			[
				binary,
				"--no-defaults",
				data,
				*user,
				f"--port={self.port}",
				"--bind-address=127.0.0.1",
				f"--socket={self.folder / 'server.sock'}",
				f"--pid-file={self.folder / 'server.pid'}",
				"--character-set-server=utf8mb4",
				"--collation-server=utf8mb4_unicode_ci",
				"--skip-log-bin",
				"--skip-name-resolve",
				"--innodb-flush-log-at-trx-commit=0",
				"--innodb-buffer-pool-size=256M",
			],
			stdout=subprocess.DEVNULL,
			stderr=(self.folder / "error.log").open("wb"),
		)
		self._set_password(time.monotonic() + seconds)
		return self

	def _set_password(self, deadline: float):
		import pymysql

		while True:
			try:
				root = pymysql.connect(unix_socket=str(self.folder / "server.sock"), user="root")
				break
			except pymysql.err.OperationalError:
				if time.monotonic() > deadline or self.process.poll() is not None:
					raise RuntimeError((self.folder / "error.log").read_text()[-2000:]) from None
				time.sleep(0.1)
		with root, root.cursor() as cursor:
			cursor.execute("CREATE OR REPLACE USER 'root'@'127.0.0.1' IDENTIFIED BY 'root'")
			cursor.execute("GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION")

	def stop(self):
		if self.process:
			self.process.terminate()
			self.process.wait(30)
		shutil.rmtree(self.folder, ignore_errors=True)
