// Says in words what this browser lacks to run the course, and whether the files here
// are those that were built. Old browsers have to get through this: no new syntax.
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
      ". You can run every lesson; progress and what Python saves is lost when you " +
      "close the tab.");
  return found;
}

canStore(function (stores) {
  var found = lacks(stores);
  state.className = found.length ? "bad" : "good";
  state.textContent = found.length ? "" : "This browser can run the course.";
  if (!found.length) return;
  var list = state.appendChild(document.createElement("ul"));
  found.forEach(function (words) {
    list.appendChild(document.createElement("li")).textContent = words;
  });
});

async function digest(name) {
  var answer = await fetch(name, { cache: "reload" });
  if (!answer.ok) return "";
  var bytes = await crypto.subtle.digest("SHA-256", await answer.arrayBuffer());
  return Array.from(new Uint8Array(bytes), function (byte) {
    return byte.toString(16).padStart(2, "0");
  }).join("");
}

async function damaged() {
  var answer = await fetch("robustkit-lite.json", { cache: "reload" });
  var sums = (await answer.json()).sha256, names = Object.keys(sums), wrong = [];
  for (var i = 0; i < names.length; i++) {
    files.textContent = "Looking: " + (i + 1) + " of " + names.length + ".";
    if (await digest(names[i]) !== sums[names[i]]) wrong.push(names[i]);
  }
  return wrong;
}

check.onclick = async function () {
  if (!(window.crypto && crypto.subtle)) {
    files.textContent = "At this address a browser cannot look: it begins with http and " +
      "is not this computer's own. python3 serve.py looks when it starts.";
    return;
  }
  check.disabled = true;
  try {
    var wrong = await damaged();
    files.textContent = wrong.length
      ? "Not as they were built: " + wrong.slice(0, 3).join(", ") +
        (wrong.length > 3 ? " and " + (wrong.length - 3) + " more" : "") +
        ". Tell whoever put them here to copy the whole folder once more."
      : "All files are as they were built.";
  } catch (problem) {
    files.textContent = "The files could not be had (" + problem.message + "). Are you " +
      "connected?";
  }
  check.disabled = false;
};
