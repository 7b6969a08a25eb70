"""One archive of a site: database, files and configuration; made while the site runs, checked, brought back.

Nothing is ever written over: an archive gets its name when it is complete, and a restored site takes the
place of the old one by renaming, which stays beside it. So a kill at any moment leaves what was there.
"""

import datetime
import glob
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from desk.terminal import Progress, Stop

MANIFEST, CONFIG, FILES = "manifest.json", "site_config.json", ("public", "private")
SQLITE, DUMP = "database.sqlite", "database.sql"
DUMP_END = b"-- Dump completed"
BLOCK = 1 << 20


def backup(options) -> None:
	"""`backup [FILE]`: a consistent copy of this moment, whatever is being written meanwhile."""
	site = _site(options)
	folder = site / "backups"
	folder.mkdir(exist_ok=True)
	target = Path(options.file) if options.file else folder / f"{options.site}-{_stamp()}.zip"
	if target.exists():
		raise Stop(f"{target} exists already")
	progress = Progress()
	with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as making:
		parts = _parts(site, Path(making))
		part = target.with_name(f".{target.name}.part")
		try:
			_write(part, parts, options.site)
			check(part)
			os.replace(part, target)
		finally:
			part.unlink(missing_ok=True)
	progress.done(f"{target}: {target.stat().st_size / BLOCK:.1f} MB, {len(parts)} files, verified.")


def verify(options) -> None:
	"""`verify-backup FILE`: every checksum, and the database's own check of itself."""
	manifest = check(Path(options.file))
	print(
		f"{options.file}: {len(manifest['files'])} files of {manifest['site']}, {manifest['made']}, all good."
	)


def restore(options) -> None:
	"""`restore FILE`: the site as it was then. What is there now is kept beside it."""
	archive = Path(options.file)
	check(archive)
	sites = Path(options.sites)
	sites.mkdir(parents=True, exist_ok=True)
	site = sites / options.site
	config = _read_config(site) if (site / CONFIG).exists() else None
	if config and config.get("db_type") != "mariadb":
		_refuse_running(site / config.get("db_name", "site.db"))
	incoming = Path(tempfile.mkdtemp(dir=sites, prefix=f".{options.site}-restoring-"))
	try:
		_unpack(archive, incoming, config)
	except BaseException:
		shutil.rmtree(incoming, ignore_errors=True)
		raise
	kept = None
	if site.exists():
		kept = sites / f"{options.site}-before-{_stamp()}"
		os.rename(site, kept)
	os.rename(incoming, site)
	Progress().done(f"{options.site} is back." + (f" What was there is in {kept}." if kept else ""))


def end_cut_off(options) -> None:
	"""Before any command: a restore that was killed between its two renames left a site without name."""
	sites, name = Path(options.sites), glob.escape(options.site)
	kept = sorted(sites.glob(f"{name}-before-*"))
	if kept and any(sites.glob(f".{name}-restoring-*")) and not (sites / options.site).exists():
		os.rename(kept[-1], sites / options.site)
		print(f"crm: a restore was cut off; {options.site} is as it was before it", file=sys.stderr)


def check(archive: Path) -> dict:
	"""The manifest of a complete archive. Raises Stop naming what is wrong."""
	try:
		with zipfile.ZipFile(archive) as packed:
			manifest = json.loads(packed.read(MANIFEST))
			names = set(packed.namelist()) - {MANIFEST}
			if names != set(manifest["files"]):
				raise Stop(
					f"{archive}: files are missing or too many: {sorted(names ^ set(manifest['files']))[:3]}"
				)
			for name, expected in manifest["files"].items():
				_check_file(packed, name, expected)
	except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
		raise Stop(f"{archive} is no complete archive of a site: {error}") from None
	return manifest


def _check_file(packed: zipfile.ZipFile, name: str, expected: str) -> None:
	with tempfile.NamedTemporaryFile() as copy:
		digest, tail = hashlib.sha256(), b""
		with packed.open(name) as source:
			while block := source.read(BLOCK):
				digest.update(block)
				tail = (tail + block)[-200:]
				if name == SQLITE:
					copy.write(block)
		if digest.hexdigest() != expected:
			raise Stop(f"{name} is damaged")
		if name == DUMP and DUMP_END not in tail:
			raise Stop("the dump of the database is not complete")
		if name == SQLITE:
			copy.flush()
			with sqlite3.connect(copy.name) as database:
				if (found := database.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
					raise Stop(f"the database is damaged: {found}")
			database.close()


def _parts(site: Path, making: Path) -> dict[str, Path]:
	"""{name in the archive: file}"""
	config = _read_config(site)
	if config.get("db_type") == "mariadb":
		parts = {DUMP: _dump(config, making / DUMP)}
	else:
		parts = {SQLITE: _copy(site / config.get("db_name", "site.db"), making / SQLITE)}
	shutil.copy(site / CONFIG, making / CONFIG)
	parts[CONFIG] = making / CONFIG
	for kind in FILES:
		found = (path for path in (site / kind).rglob("*") if path.is_file())
		parts |= {path.relative_to(site).as_posix(): path for path in found}
	return parts


def _copy(database: Path, target: Path) -> Path:
	"""SQLite's own online copy: one moment's state, while others write."""
	with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as source, sqlite3.connect(target) as copy:
		source.backup(copy)
		copy.execute("PRAGMA journal_mode=DELETE")
	source.close()
	copy.close()
	return target


def _client(program: str, config: dict) -> tuple[list[str], dict]:
	if not shutil.which(program):
		raise Stop(f"{program} is needed; Debian has it in mariadb-client")
	host, port = config.get("db_host", "127.0.0.1"), str(config.get("db_port") or 3306)
	user = config.get("db_user") or config["db_name"]
	command = [program, "--no-defaults", f"--host={host}", f"--port={port}", f"--user={user}"]
	return command, {**os.environ, "MYSQL_PWD": config.get("db_password", "")}


def _dump(config: dict, target: Path) -> Path:
	command, environment = _client("mariadb-dump", config)
	options = ["--single-transaction", "--quick", "--hex-blob", "--no-tablespaces", config["db_name"]]
	with target.open("wb") as out:
		_run([*command, *options], environment, stdout=out)
	return target


def _load(config: dict, dump: Path, name: str) -> None:
	command, environment = _client("mariadb", config)
	_run([*command, "-e", f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4"], environment)
	with dump.open("rb") as source:
		_run([*command, name], environment, stdin=source)


def _run(command: list[str], environment: dict, **pipes) -> None:
	done = subprocess.run(command, env=environment, stderr=subprocess.PIPE, **pipes)
	if done.returncode:
		raise Stop(f"{command[0]}: {done.stderr.decode(errors='replace').strip()[-300:]}")


def _write(part: Path, parts: dict[str, Path], site: str) -> None:
	sums = {}
	part.touch(0o600)  # it holds the secrets of site_config.json
	with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as packed:
		for name, path in parts.items():
			digest = hashlib.sha256()
			with path.open("rb") as source, packed.open(name, "w", force_zip64=True) as out:
				while block := source.read(BLOCK):
					digest.update(block)
					out.write(block)
			sums[name] = digest.hexdigest()
		made = datetime.datetime.now().isoformat(timespec="seconds")
		packed.writestr(MANIFEST, json.dumps({"site": site, "made": made, "files": sums}))
	with part.open("rb") as written:
		os.fsync(written.fileno())


def _unpack(archive: Path, incoming: Path, current: dict | None) -> None:
	with zipfile.ZipFile(archive) as packed:
		packed.extractall(incoming)  # names were checked against the manifest; extractall keeps them inside
	(incoming / MANIFEST).unlink()
	(incoming / "logs").mkdir(exist_ok=True)
	config = json.loads((incoming / CONFIG).read_text(encoding="utf-8"))
	if (incoming / DUMP).exists():
		here = {key: value for key, value in (current or config).items() if key.startswith("db_")}
		name = f"{config['db_name'].split('_restored_')[0]}_restored_{_stamp()}"
		_load(here, incoming / DUMP, name)
		config |= {**here, "db_user": here.get("db_user") or here["db_name"], "db_name": name}
		(incoming / DUMP).unlink()
	else:
		database = incoming / config.get("db_name", "site.db")
		os.rename(incoming / SQLITE, database)
		database.chmod(0o600)
	target = incoming / CONFIG
	target.write_text(json.dumps(config, indent="\t", ensure_ascii=False), encoding="utf-8")
	target.chmod(0o600)


def _refuse_running(database: Path) -> None:
	"""Whoever has the database open would go on writing into the folder that is moved away."""
	if not database.exists():
		return
	connection = sqlite3.connect(database, timeout=0)
	try:
		connection.execute("PRAGMA locking_mode=EXCLUSIVE")
		connection.execute("BEGIN EXCLUSIVE")
		connection.rollback()
	except sqlite3.OperationalError:
		raise Stop("the site is in use; stop its server and worker first") from None
	finally:
		connection.close()


def _site(options) -> Path:
	site = Path(options.sites) / options.site
	if not (site / CONFIG).exists():
		raise Stop(f"there is no site {options.site} in {options.sites}/")
	return site


def _read_config(site: Path) -> dict:
	return json.loads((site / CONFIG).read_text(encoding="utf-8"))


def _stamp() -> str:
	return datetime.datetime.now().strftime("%Y%m%d_%H%M%S_%f")
