// Keeps the page up to date: asks for it again now and then, and puts in the sections that have changed.
// Nothing on the page needs this; without it one reloads.
"use strict";

(() => {
  const root = document.getElementById("live");
  const announce = document.getElementById("announce");
  const freshness = document.getElementById("freshness");
  const BUSY = 1500, IDLE = 8000, LOST = 5000, SAID = 10000;
  const FOCUSABLE = "a[href], button, summary, input:not([type=hidden])";
  const shown = new Map();
  let timer = 0, silence = 0, asked = 0, tag = "";

  const sections = (within) => within.querySelectorAll("[data-live]");
  const remember = (section) => shown.set(section.id, section.outerHTML);

  // Somebody who is copying an error message does not want it replaced under the mouse.
  function isSelected(section) {
    const selection = document.getSelection();
    return Boolean(selection) && !selection.isCollapsed && selection.containsNode(section, true);
  }

  function replace(old, fresh) {
    const focused = [...old.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement);
    const id = focused >= 0 ? document.activeElement.id : "";
    const html = fresh.outerHTML;
    old.replaceWith(document.adoptNode(fresh));
    shown.set(fresh.id, html);
    if (focused < 0) return;
    const again = (id && document.getElementById(id)) || fresh.querySelectorAll(FOCUSABLE)[focused];
    if (again) again.focus({ preventScroll: true });
  }

  function show(text, afterPress) {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    for (const section of sections(fresh)) {
      const old = document.getElementById(section.id);
      if (!old || shown.get(section.id) === section.outerHTML) continue;
      if ("lasting" in section.dataset && !afterPress) continue;
      if (!afterPress && isSelected(old)) tag = "";
      else replace(old, section);
    }
    say();
  }

  function say() {
    const words = root.querySelector("[data-announce]").textContent;
    if (announce.textContent !== words) announce.textContent = words;
    if (freshness) freshness.textContent = freshness.dataset.liveWords;
    document.body.classList.remove("lost");
  }

  function lost() {
    if (freshness) freshness.textContent = freshness.dataset.lostWords;
    document.body.classList.add("lost");
  }

  function later(pause) {
    const busy = document.getElementById("headline").dataset.busy;
    window.clearTimeout(timer);
    if (busy === "over" || document.hidden) return;
    timer = window.setTimeout(look, pause || (busy === "yes" ? BUSY : IDLE));
  }

  async function look() {
    const mine = ++asked;
    try {
      const headers = { Accept: "text/html", ...(tag ? { "If-None-Match": tag } : {}) };
      const answer = await fetch(root.dataset.source, { headers, cache: "no-store", redirect: "manual" });
      if (answer.status === 401 || answer.type === "opaqueredirect") return window.location.reload();
      const text = answer.status === 200 ? await answer.text() : "";
      // What somebody pressed meanwhile is newer than this answer.
      if (mine !== asked) return undefined;
      if (answer.status !== 200 && answer.status !== 304) throw new Error(String(answer.status));
      if (text) {
        tag = answer.headers.get("ETag") || "";
        show(text, false);
      } else say();
      return later();
    } catch {
      if (mine !== asked) return undefined;
      lost();
      return later(LOST);
    }
  }

  function release(form) {
    delete form.dataset.sent;
    form.querySelector("button").removeAttribute("aria-disabled");
  }

  // A form is sent without leaving the page. When that fails it is sent as if this script were not here.
  async function press(event) {
    const form = event.target;
    if (!form.matches("form[data-press]") || form.dataset.sent) return;
    event.preventDefault();
    form.dataset.sent = "yes";
    form.querySelector("button").setAttribute("aria-disabled", "true");
    window.clearTimeout(timer);
    const mine = ++asked;
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
      const text = await answer.text();
      if (!answer.ok) return form.submit();
      // The session is over, or this is the page of a run: what is said about the press stands elsewhere.
      if (!text.includes('id="said"') || !document.getElementById("said")) return window.location.assign(answer.url);
      release(form);
      if (mine !== asked) return undefined;
      tag = "";
      show(text, true);
      window.clearTimeout(silence);
      silence = window.setTimeout(() => { document.getElementById("said").hidden = true; }, SAID);
      return later(400);
    } catch {
      return form.submit();
    }
  }

  for (const section of sections(root)) remember(section);
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) event.preventDefault();
    else press(event);
  });
  document.addEventListener("visibilitychange", () => {
    window.clearTimeout(timer);
    if (!document.hidden) look();
  });
  if (freshness) freshness.textContent = freshness.dataset.liveWords;
  announce.textContent = root.querySelector("[data-announce]").textContent;
  later();
})();
