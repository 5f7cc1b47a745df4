// Says in words what this browser lacks to run the course, and whether the files here
// are those that were built: on the first page, and on the page of JupyterLab, to which
// links lead straight. Old browsers have to get through this: nothing new outside async.
var root = document.currentScript.getAttribute("data-root");
var first = !root; // whether this is the first page
var state = document.getElementById("state");
var files = document.getElementById("files");
var check = document.getElementById("check");

function hasModuleWorkers() {
  var asked = false;
  try {
    new Worker("data:text/javascript,", { get type() { asked = true; return "module"; } })
      .terminate();
  } catch (problem) { /* refused, but asked or not all the same */ }
  return asked;
}

function canStore(done) {
  try {
    localStorage.setItem("robustkit-try", "1");
    localStorage.removeItem("robustkit-try");
    var asked = indexedDB.open("robustkit-try");
    asked.onerror = function () { done(false); };
    asked.onsuccess = function () {
      asked.result.close();
      indexedDB.deleteDatabase("robustkit-try");
      done(true);
    };
  } catch (problem) { done(false); }
}

function lacks(stores) {
  var found = [];
  if (location.protocol === "file:")
    found.push("This page was opened as a file, and pages opened so may not load " +
      "Python. In its folder, run python3 serve.py and open the address that it prints.");
  if (typeof WebAssembly !== "object")
    found.push("This browser has no WebAssembly, without which Python cannot run. Use a " +
      "current Firefox, Chrome, Edge or Safari. Where it is one: WebAssembly may have " +
      "been turned off, as by Lockdown Mode or by those who look after the computer.");
  else if (!hasModuleWorkers())
    found.push("This browser is too old to run Python. Use a current Firefox, Chrome, " +
      "Edge or Safari.");
  if (!stores)
    found.push("This browser keeps nothing for this page, as in a private window. You " +
      "can run everything, but what you write is lost when you close the tab: download " +
      "what you want to keep, or use an ordinary window.");
  else if (!navigator.serviceWorker && location.protocol !== "file:")
    found.push("Here Python cannot reach the files that you see" +
      (isSecureContext ? ", as in a private window"
        : ", because the address begins with http and is not this computer's own") +
      ". You can run every lesson; progress and what Python saves are lost when you " +
      "close the tab.");
  return found;
}

// On the page of JupyterLab, which knows nothing of this: a box at the lower edge.
function box() {
  var made = document.createElement("div");
  made.setAttribute("role", "alert");
  made.style.cssText = "position:fixed;inset:auto 0 0 0;z-index:99999;padding:12px 16px;" +
    "max-height:40vh;overflow:auto;background:#5c2200;color:#fff;" +
    "font:15px/1.5 system-ui,sans-serif";
  var close = made.appendChild(document.createElement("button"));
  close.textContent = "Close";
  close.style.cssText = "float:right;margin-left:16px;font:inherit;padding:2px 10px";
  close.onclick = function () { made.remove(); };
  return document.body.appendChild(made);
}

function say(words) {
  if (first) {
    state.className = words.length ? "bad" : "good";
    state.textContent = words.length ? "" : "This browser can run the course.";
  }
  if (!words.length) return;
  var list = (first ? state : box()).appendChild(document.createElement("ul"));
  list.style.margin = 0;
  words.forEach(function (each) {
    list.appendChild(document.createElement("li")).textContent = each;
  });
}

async function digest(name, cache) {
  var answer = await fetch(root + name, { cache: cache });
  if (!answer.ok) return "";
  var bytes = await crypto.subtle.digest("SHA-256", await answer.arrayBuffer());
  return Array.from(new Uint8Array(bytes), function (byte) {
    return byte.toString(16).padStart(2, "0");
  }).join("");
}

// Returns what is wrong with the files whose names begin so, in a sentence, or "".
async function damaged(begin, cache, progress) {
  var answer = await fetch(root + "robustkit-lite.json", { cache: "no-cache" });
  var sums = (await answer.json()).sha256, wrong = [];
  var names = Object.keys(sums).filter(function (name) { return name.startsWith(begin); });
  for (var i = 0; i < names.length; i++) {
    if (progress) progress(i + 1, names.length);
    if (await digest(names[i], cache) !== sums[names[i]]) wrong.push(names[i]);
  }
  if (!wrong.length) return "";
  var more = wrong.length > 3 ? " and " + (wrong.length - 3) + " more" : "";
  return "Not as they were built: " + wrong.slice(0, 3).join(", ") + more + ". Reload " +
    "the page; if that does not help, whoever put the files here has to copy the whole " +
    "folder once more.";
}

async function look() {
  if (!(window.crypto && crypto.subtle)) {
    files.textContent = "At this address a browser cannot look: it begins with http and " +
      "is not this computer's own. python3 serve.py looks when it starts.";
    return;
  }
  check.disabled = true;
  try {
    files.textContent = await damaged("", "reload", function (done, all) {
      files.textContent = "Looking: " + done + " of " + all + ".";
    }) || "All files are as they were built.";
  } catch (problem) {
    files.textContent = "The files could not be had (" + problem.message + "). Are you " +
      "connected?";
  }
  check.disabled = false;
}

// A tab opens the notebook that its address names and, loaded anew, the one that was in
// front of it: JupyterLab takes the name out of the address. Nothing else is opened again
// (see site.py).
function keepPlace() {
  var kept = "robustkit-path", address = new URL(location.href);
  try {
    sessionStorage.setItem("robustkit-try", "1");
    sessionStorage.removeItem("robustkit-try");
    if (!address.searchParams.has("path") && sessionStorage.getItem(kept)) {
      address.searchParams.set("path", sessionStorage.getItem(kept));
      history.replaceState(history.state, "", address);
    }
    window.addEventListener("pagehide", function () {
      if (shownNow() && shownNow().context)
        sessionStorage.setItem(kept, shownNow().context.path);
    });
  } catch (problem) { /* nothing can be kept; that is said */ }
}

function shownNow() {
  return window.jupyterapp && window.jupyterapp.shell.currentWidget;
}

// Calls when Python is up, or after so many seconds.
function whenUp(seconds, done) {
  var begin = Date.now();
  var timer = setInterval(function () {
    var shown = shownNow();
    var session = shown && shown.sessionContext && shown.sessionContext.session;
    var up = session && session.kernel && session.kernel.status === "idle";
    if (!up && Date.now() - begin < 1000 * seconds) return;
    clearInterval(timer);
    done();
  }, 500);
}

canStore(function (stores) { say(lacks(stores)); });
if (first) check.onclick = look;
else {
  keepPlace();
  // Python takes no file with another digest than its lock names, and says so to nobody.
  // Once it is up, its files come from the browser's cache.
  if (window.crypto && crypto.subtle) whenUp(30, function () {
    damaged("static/pyodide/", "force-cache").then(function (wrong) {
      if (wrong) say([wrong]);
    }, function () { /* not connected: what needs the network says so itself */ });
  });
}
