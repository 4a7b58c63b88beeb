"""The manifests: their commands are ours, their names and ports meet, their pods are closed."""

import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.deploy.compose_file import read_compose, words_of
from tests.deploy.words import ROOT, check_words

import kairos_tui
from kairos_tui.settings import load_settings
from kairos_tui.wire import KeyRing
from kairos_tui.wire.curve import check_ring, make_keys

FOLDER = ROOT / "deploy" / "k8s"
FLEET = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
OBJECTS: list[dict[str, Any]] = [
    each for name in FLEET["resources"] for each in yaml.safe_load_all((FOLDER / name).read_text())
]
PODS: dict[str, dict[str, Any]] = {
    each["metadata"]["name"]: each["spec"]["template"] for each in OBJECTS if each["kind"] == "Deployment"
}
ROLES = ("engine", "ingest", "mirror")


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    return {each["metadata"]["name"]: each["spec"] for each in OBJECTS if each["kind"] == kind}


def main_container(name: str) -> dict[str, Any]:
    (container,) = PODS[name]["spec"]["containers"]
    found: dict[str, Any] = container
    return found


def containers(name: str) -> list[dict[str, Any]]:
    spec = PODS[name]["spec"]
    return [*spec.get("initContainers", ()), *spec["containers"]]


def ports_of(name: str) -> dict[str, int]:
    return {each["name"]: each["containerPort"] for each in main_container(name)["ports"]}


def after(words: list[str], flag: str) -> str:
    return words[words.index(flag) + 1]


def test_every_file_is_part_of_it_and_the_image_is_this_version() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {"kustomization.yaml", *FLEET["resources"]}
    assert set(PODS) == {"redis", *ROLES}
    assert [(each["name"], each["newTag"]) for each in FLEET["images"]] == [
        ("kairos", kairos_tui.__version__)
    ]


@pytest.mark.parametrize("name", ROLES)
def test_every_command_is_one_of_ours(name: str) -> None:
    container = main_container(name)

    assert container["image"] == "kairos"
    assert check_words(container["args"]) == name


@pytest.mark.parametrize("name", ROLES)
def test_every_variable_is_a_setting(name: str, tmp_path: Path) -> None:
    given = {each["name"]: each.get("value", "sample-1") for each in main_container(name)["env"]}
    expanded = {key: value.replace("$(POD_NAME)", "engine-7d9f8c6b5d-x2x9z") for key, value in given.items()}
    loaded = load_settings(flags={}, env=expanded, cwd=tmp_path, config="none")

    address, _, variable = loaded.settings.fleet.partition("?password_env=")
    assert address == "redis://fleet@redis/0"
    assert variable in given


@pytest.mark.parametrize("name", PODS)
def test_every_pod_is_closed(name: str) -> None:
    spec = PODS[name]["spec"]

    assert spec["enableServiceLinks"] is False
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] >= 10_000
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec)
    assert all(set(each) & {"secret", "emptyDir"} for each in spec["volumes"])
    for container in containers(name):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"]["memory"]
        assert {each["name"] for each in container["volumeMounts"]} <= {
            each["name"] for each in spec["volumes"]
        }


@pytest.mark.parametrize("name", ROLES)
def test_probes_ask_where_health_is_served(name: str) -> None:
    container, ports = main_container(name), ports_of(name)
    words = container["args"]
    served = words[1] if name == "mirror" else after(words, "--health")
    probes = {
        each: container[each]["httpGet"] for each in ("startupProbe", "livenessProbe", "readinessProbe")
    }

    assert {ports[each["port"]] for each in probes.values()} == {int(served.rpartition(":")[2])}
    assert {each: probe["path"] for each, probe in probes.items()} == {
        "startupProbe": "/healthz",
        "livenessProbe": "/healthz",
        "readinessProbe": "/readyz",
    }


def test_a_new_engine_comes_before_an_old_one_goes() -> None:
    for name in ROLES:
        spec = of_kind("Deployment")[name]
        assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
        assert spec["template"]["spec"]["terminationGracePeriodSeconds"] == 10
    for name in ("engine", "ingest"):
        assert of_kind("Deployment")[name]["replicas"] == 2
        assert of_kind("PodDisruptionBudget")[name]["minAvailable"] == 1


def test_engine_and_ingester_watch_the_same() -> None:
    symbols = [
        words[1 : next(place for place, word in enumerate(words) if word.startswith("--"))]
        for words in (main_container("engine")["args"], main_container("ingest")["args"])
    ]

    assert symbols[0] == symbols[1] != []


def test_ports_and_services_meet() -> None:
    base = int(after(main_container("engine")["args"], "--bind").rpartition(":")[2])
    engine = ports_of("engine")
    assert (engine["ticks"], engine["signals"], engine["door"]) == (base, base + 1, base + 2)

    services = of_kind("Service")
    assert set(services) == {"redis", "mirror"}
    for name, service in services.items():
        labels = PODS[name]["metadata"]["labels"].items()
        assert service["selector"].items() <= labels
        assert service.get("type", "ClusterIP") == "ClusterIP"
        assert {each["targetPort"] for each in service["ports"]} <= set(ports_of(name))
    for spec in of_kind("Deployment").values():
        assert spec["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items()


def matches(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    return selector.get("matchLabels", {}).items() <= labels.items() and all(
        labels.get(each["key"]) in each["values"] for each in selector.get("matchExpressions", ())
    )


def allowed(direction: str, name: str, other: str, port: int) -> bool:
    """Whether a policy lets `name` out to `other`, or in from it."""
    peers, rules = ("to", "egress") if direction == "out" else ("from", "ingress")
    for policy in of_kind("NetworkPolicy").values():
        if not matches(policy["podSelector"], PODS[name]["metadata"]["labels"]):
            continue
        for rule in policy.get(rules, ()):
            near = any(
                matches(
                    each.get("podSelector", {"matchLabels": {"none": ""}}), PODS[other]["metadata"]["labels"]
                )
                for each in rule[peers]
            )
            if near and any(
                each["port"] <= port <= each.get("endPort", each["port"]) for each in rule["ports"]
            ):
                return True
    return False


def test_only_who_must_speak_to_each_other_can() -> None:
    assert of_kind("NetworkPolicy")["nothing-else"] == {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
    }
    ports = {"redis": (6379,), "engine": (5701, 5702, 5703), "mirror": (4321,), "ingest": (9470,)}
    open_ways = {
        (name, other)
        for name in PODS
        for other in PODS
        for port in ports[other]
        if allowed("out", name, other, port) and allowed("in", other, name, port)
    }

    assert open_ways == {
        ("engine", "redis"),
        ("ingest", "redis"),
        ("mirror", "redis"),
        ("ingest", "engine"),
        ("mirror", "engine"),
    }


def test_its_redis_is_started_as_that_of_the_containers() -> None:
    compose = words_of(
        read_compose(ROOT / "compose.yaml", env={"REDIS_PASSWORD": "$(REDISCLI_AUTH)"})["services"]["redis"]
    )
    container = main_container("redis")

    assert [*container["command"], *container["args"]] == compose


@pytest.mark.parametrize("name", ROLES)
def test_each_role_gets_the_keys_it_needs_and_no_other_secret(name: str) -> None:
    (secret,) = [each["secret"] for each in PODS[name]["spec"]["volumes"] if "secret" in each]
    items = {each["key"] for each in secret["items"]}
    readers = {"hud.key", "tap.key"} if name == "mirror" else set()

    assert {each for each in items if each.endswith(".key")} == {f"{name}.key"} | readers
    assert "engine.pub" in items


@pytest.mark.parametrize("name", ROLES)
def test_copies_of_the_keys_are_nobody_elses(name: str, tmp_path: Path) -> None:
    (init,) = PODS[name]["spec"]["initContainers"]
    assert init["command"] == ["python3", "-c"]
    # A secret's folder as kubelet makes it: links to files that a group can read, in a folder for all.
    data, secret, keys = tmp_path / "secret" / "..2026", tmp_path / "secret", tmp_path / "keys"
    data.mkdir(parents=True)
    (secret / "..data").symlink_to("..2026")
    for made in make_keys(tmp_path / "made", ("engine",)):
        (data / made.name).write_bytes(made.read_bytes())
        (data / made.name).chmod(0o440)
        (secret / made.name).symlink_to(f"..data/{made.name}")
    secret.chmod(0o1777)
    keys.mkdir(mode=0o777)
    script = init["args"][0].replace("'/secret'", repr(str(secret))).replace("/keys/", f"{keys}/")

    for _start in ("first", "again"):
        subprocess.run([sys.executable, "-c", script], check=True, timeout=20)

    copied = keys / "curve"
    assert sorted(file.name for file in copied.iterdir()) == ["engine.key", "engine.pub"]
    assert stat.S_IMODE(copied.stat().st_mode) == 0o700
    for copy in copied.iterdir():
        assert not copy.is_symlink()
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        assert copy.read_bytes() == (tmp_path / "made" / copy.name).read_bytes()
    check_ring(KeyRing(own=str(copied / "engine.key"), allowed=str(copied)), binds=True)
    environment = {each["name"]: each.get("value") for each in main_container(name)["env"]}
    assert environment["KAIROS_CURVE"] == "/keys/curve"


def test_kubectl_makes_one_of_them() -> None:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not installed")
    made = subprocess.run([kubectl, "kustomize", FOLDER], capture_output=True, text=True, timeout=25)

    assert made.returncode == 0, made.stderr
    objects = list(yaml.safe_load_all(made.stdout))
    assert len(objects) == len(OBJECTS)
    assert {each["metadata"].get("namespace", "kairos") for each in objects} == {"kairos"}
    assert f"image: kairos:{kairos_tui.__version__}" in made.stdout
