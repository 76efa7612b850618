"""What a phone finds when it starts: a database of an older version (C12), a broken worker or cache (C18)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from fieldapp.core.ids import new_id
from fieldapp.demo.accounts import PASSWORD
from tests.e2e.mobile import SYNC, Mobile
from tests.e2e.screens import STAIRS, TENNIS
from tests.e2e.staged import StagedServer
from tests.faults.wire import wire_phone

pytestmark = pytest.mark.browser

Database = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def server(staged: StagedServer) -> StagedServer:
    """A server whose files can be broken."""
    return staged


# ---------------------------------------------------------------- an older database

QUEUED = 500
# The databases as version 11 made them, with a queue in them that nobody has sent.
MAKE_VERSION_11 = """
    async ({ who, password, device_id, mutations }) => {
        const answer = await fetch("/api/v1/session", {
            method: "POST", headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ email: who, password, device_id, device_name: "Demomobil" }),
        });
        const session = await answer.json();
        const made = (name, build) => new Promise((done, fail) => {
            const request = indexedDB.open(name, 11);
            request.onupgradeneeded = () => build(request.result);
            request.onsuccess = () => done(request.result);
            request.onerror = () => fail(request.error);
        });
        const written = async (db, rows) => {
            const tx = db.transaction(db.objectStoreNames, "readwrite");
            for (const [store, row, key] of rows) tx.objectStore(store).put(row, key);
            await new Promise((done, fail) => { tx.oncomplete = done; tx.onabort = () => fail(tx.error); });
            db.close();
        };
        const record = { keyPath: ["collection", "record_id"] };
        const user = await made(`faltlogg-${session.user.id}-${device_id}`, (db) => {
            for (const name of ["rows", "incoming", "receipts"]) db.createObjectStore(name, record);
            const queue = db.createObjectStore("mutations", { keyPath: "id" });
            queue.createIndex("device_seq", "device_seq", { unique: true });
            queue.createIndex("state", ["state", "device_seq"]);
            queue.createIndex("record", record.keyPath);
            db.createObjectStore("sent", { keyPath: "id" }).createIndex("at", "at");
            db.createObjectStore("drafts", { keyPath: "key" });
            db.createObjectStore("meta");
        });
        await written(user, [
            ...mutations.map((mutation) => ["mutations", {
                id: mutation.id, device_seq: mutation.device_seq, collection: mutation.collection,
                record_id: mutation.record_id, shift_id: mutation.fields.shift_id ?? null, state: "queued",
                day: mutation.made_at.slice(0, 10), blob: { mutation, receipt: null },
            }]),
            ["meta", {
                cursor: null, epoch: null, copying: false, complete: false, device_seq: mutations.length, revision: 1,
                offset_ms: null, last_receipt_at: null, locked: false, pruned_on: null,
            }, "meta"],
        ]);
        const device = await made("faltlogg-device", (db) => {
            db.createObjectStore("devices", { keyPath: "login" });
            db.createObjectStore("session");
        });
        await written(device, [
            ["devices", { login: who, device_id, user_id: session.user.id }],
            ["session", { session, sign_out_due: false }, "current"],
        ]);
    }
"""


def test_C12_five_hundred_records_in_a_database_of_version_11_are_all_there_and_all_sent(
    server: StagedServer, mobile: Callable[..., Mobile], database: Database
) -> None:
    author = wire_phone(server.url, "falt1")
    mutations = [author.shift()]
    while len(mutations) < QUEUED:
        visit = author.visit(mutations[0]["record_id"])
        mutations += [visit, *(author.observation(visit["record_id"], note=f"Rad {n}") for n in range(4))]
    mutations = mutations[:QUEUED]
    phone = mobile()
    phone.page.goto(server.url + "/healthz")
    who = {"who": "falt1@demo.example", "password": PASSWORD, "device_id": new_id()}
    phone.page.evaluate(MAKE_VERSION_11, {**who, "mutations": mutations})
    phone.context.route(SYNC, lambda route: route.abort())
    phone.open("/app/mer/synk")
    expect(phone.page.get_by_text(f"{QUEUED} poster", exact=True)).to_be_visible()
    phone.open("/app/passet")
    phone.shows_ticks(["Sparad på mobilen"] * QUEUED)
    phone.reach_the_server()
    phone.waits_for_nothing()
    sent = database("SELECT mutation_id, device_seq, status FROM sync_receipts ORDER BY device_seq")
    assert [(row["mutation_id"], row["device_seq"]) for row in sent] == [
        (mutation["id"], mutation["device_seq"]) for mutation in mutations
    ]
    assert {row["status"] for row in sent} == {"applied"}
    notes = {row["id"]: row["note"] for row in database("SELECT id, note FROM observations")}
    written = {one["record_id"]: one["fields"]["note"] for one in mutations if one["collection"] == "observations"}
    assert notes == written


# ---------------------------------------------------------------- a broken worker, a broken cache

BROKEN_WORKERS = {
    "throws when read": "throw new Error('broken');",
    "fails to install": "addEventListener('install', (event) => event.waitUntil(Promise.reject(new Error('broken'))));",
}


@pytest.mark.parametrize("fault", BROKEN_WORKERS)
def test_C18_without_a_worker_the_app_runs_from_the_network_and_keeps_its_queue(
    fault: str, server: StagedServer, mobile: Callable[..., Mobile], database: Database
) -> None:
    (server.client / "dist/sw.js").write_text(BROKEN_WORKERS[fault])
    phone = mobile()
    phone.sign_in("falt1")
    phone.context.route(SYNC, lambda route: route.abort())
    phone.start_pass()
    phone.arrive(TENNIS)
    phone.open()
    phone.arrive(STAIRS)
    phone.reach_the_server()
    phone.waits_for_nothing()
    assert database("SELECT count(*) AS n FROM visits") == [{"n": 2}]
    assert phone.page.evaluate("navigator.serviceWorker.controller") is None


# Overwrites what the worker keeps, as a dying disk does.
CORRUPT = """
    async (which) => {
        let found = 0;
        for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys()) {
                if (!new RegExp(which).test(new URL(request.url).pathname)) continue;
                const headers = { "Content-Type": (await cache.match(request)).headers.get("Content-Type") };
                await cache.put(request, new Response("\\u0000}{", { headers }));
                found++;
            }
        }
        return found;
    }
"""
# Waits until nothing that is kept is broken.
MENDED = """
    async () => {
        for (;;) {
            const texts = [];
            for (const name of await caches.keys()) {
                const cache = await caches.open(name);
                for (const request of await cache.keys()) texts.push(await (await cache.match(request)).text());
            }
            if (!texts.includes("\\u0000}{")) return;
            await new Promise((done) => setTimeout(done, 50));
        }
    }
"""
CORRUPTIONS = {
    "the shell": "^/$",
    "the entry": "assets/index.*js$",
    "the start": "assets/boot",
    "everything": "(^/|js|css)$",
}


@pytest.mark.parametrize("what", CORRUPTIONS)
def test_C18_a_corrupt_cache_repairs_itself_and_the_queue_is_untouched(
    what: str, mobile: Callable[..., Mobile], database: Database
) -> None:
    phone = mobile()
    phone.sign_in("falt1")
    phone.can_start_offline()
    phone.offline()
    phone.start_pass()
    phone.arrive(TENNIS)
    assert phone.page.evaluate(CORRUPT, CORRUPTIONS[what]) > 0
    phone.offline(False)
    phone.page.goto(phone.url + "/app")
    expect(phone.here(TENNIS)).to_be_visible(timeout=30_000)
    phone.waits_for_nothing()
    phone.page.evaluate(MENDED)
    phone.offline()
    phone.open("/app/passet")
    expect(phone.page.locator(".timeline .tick")).to_have_text([re.compile("Mottagen")] * 2)
    assert [row["status"] for row in database("SELECT status FROM sync_receipts")] == ["applied"] * 2
