// The microphone and the loudspeaker of the page, over one WebSocket. What is typed and what is spoken meet in the answer's box.
(() => {
  const $ = (id) => document.getElementById(id);
  const kept = (name, otherwise) => localStorage.getItem(`aloud:${name}`) ?? otherwise;
  const keep = (name, value) => localStorage.setItem(`aloud:${name}`, value);
  const mode = () => kept("mode", "type");                 // type, push or free
  const wantsVoice = () => mode() !== "type" && kept("voice", "on") === "on";
  const keepsSound = () => kept("keep", "no") === "yes";
  const where = () => $("where");
  const box = () => document.querySelector("#answer textarea");
  const REST_MS = 300; // for so long after Done the last of the sound is waited for
  const isSecure = window.isSecureContext && !!(navigator.mediaDevices && navigator.mediaDevices.getUserMedia);
  const NO_MICROPHONE = "This page is served neither over https nor on localhost, so the browser gives it no microphone. Type your answers.";

  let socket = null, told = "";          // the connection, and the interview and voice that it was told
  let connecting = null, refusedAt = 0;  // one attempt at a time, and not the next one at once
  let ears = null, opening = null;       // the open microphone; one opening at a time
  let taking = null;                     // what sound is for: {seq} of an answer, or {check}
  let leaving = null;                    // what it was for until Done was pressed, while the last of it is still on its way here
  let pressedAt = 0, begunFor = null;    // hands-free begins once for each question
  let coming = null;                     // the sentence whose sound comes next
  let shownSeq = null, readied = false;
  let writing = 0, afterwards = null;    // 1: an answer is over and not heard to its end yet, 2: and that was told; the button meant then

  // ---------------------------------------------------------------- words on the page

  const say = (text, id = "speech-status") => { const p = $(id); if (p && p.textContent !== text) p.textContent = text; };
  const showHeard = (text) => say(text, "hearing");
  const put = (text) => {
    const area = box();
    if (!area) return;
    const before = area.value.trim();
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(area, before ? `${before} ${text}` : text);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const rescue = () => { // what was heard so far goes into the box: nothing that was said is lost
    const shown = $("hearing"), text = shown ? shown.textContent.trim() : "";
    showHeard("");
    if (text) put(text);
    return text;
  };
  const isAnswering = () => !!(taking && !taking.check);
  const inView = (element) => { if (element) element.scrollIntoView({ block: "nearest", behavior: "smooth" }); };

  // ---------------------------------------------------------------- the loudspeaker

  const speaker = {
    context: null, sources: new Set(), nextAt: 0, uttering: 0, decoded: Promise.resolve(), stops: 0,
    open() {
      this.context ??= new AudioContext();
      if (this.context.state === "suspended") this.context.resume();
      return this.context;
    },
    get isPlaying() { return this.sources.size > 0 || this.uttering > 0; },
    play(wav) { // one after the other: a short sentence is decoded sooner than the long one before it
      const context = this.open(), stops = this.stops;
      this.decoded = this.decoded.then(async () => {
        const sound = await context.decodeAudioData(wav);
        if (stops === this.stops) this.start(sound, 0, sound.duration);
      }).catch(() => say("A sentence could not be played; its words are shown."));
    },
    start(sound, from, length) {
      const context = this.open(), source = context.createBufferSource();
      source.buffer = sound;
      source.connect(context.destination);
      const at = Math.max(context.currentTime + 0.01, this.nextAt);
      this.nextAt = at + length;
      if (!this.isPlaying) { performance.mark("speech:first-word", { startTime: performance.now() + 1000 * (at - context.currentTime) }); send({ do: "playing" }); }
      this.sources.add(source);
      source.onended = () => { this.sources.delete(source); this.ended(); };
      source.start(at, from, length);
    },
    speak(text) { // the browser's own voice, and only one that stays on this machine
      const voices = window.speechSynthesis ? speechSynthesis.getVoices().filter((v) => v.localService && v.lang.startsWith("en")) : [];
      if (!voices.length) return;
      const words = new SpeechSynthesisUtterance(text);
      words.voice = voices.find((v) => v.default) || voices[0];
      words.onstart = () => performance.mark("speech:first-word");
      words.onend = words.onerror = () => { this.uttering = Math.max(0, this.uttering - 1); this.ended(); };
      if (!this.isPlaying) send({ do: "playing" });
      this.uttering += 1;
      speechSynthesis.speak(words);
    },
    ended() { if (!this.isPlaying) send({ do: "played" }); },
    stop() {
      const was = this.isPlaying;
      this.stops += 1;
      for (const source of this.sources) { source.onended = null; source.stop(); }
      this.sources.clear();
      this.nextAt = 0;
      this.uttering = 0;
      if (window.speechSynthesis) speechSynthesis.cancel();
      if (was) { send({ do: "hush" }); send({ do: "played" }); }
    },
  };

  // ---------------------------------------------------------------- the microphone

  const CAPTURE = `registerProcessor("capture", class extends AudioWorkletProcessor {
    constructor() { super(); this.held = new Int16Array(2048); this.n = 0; this.sum = 0; this.port.onmessage = () => this.pass(); }
    pass() {
      this.port.postMessage({ level: Math.sqrt(this.sum / (this.n || 1)), sound: this.held.slice(0, this.n).buffer, at: Date.now() });
      this.n = 0; this.sum = 0;
    }
    process(inputs) {
      const channel = inputs[0][0];
      if (channel) for (const x of channel) {
        this.held[this.n++] = Math.max(-1, Math.min(1, x)) * 32767;
        this.sum += x * x;
        if (this.n === this.held.length) this.pass();
      }
      return true;
    }
  });`;

  const refused = (error) => ({
    NotAllowedError: "The browser did not let this page use a microphone. Click the microphone (or the lock) beside the address, allow it, and press again. You can type meanwhile.",
    NotFoundError: "No microphone was found. Plug one in and press again, or type your answers.",
    NotReadableError: "Another program holds the microphone. Close it and press again, or type your answers.",
    OverconstrainedError: "The microphone that was chosen is gone. Check the microphone on the start page, or type your answers.",
  }[error.name] || `The microphone can't be opened (${error.name}). Type your answers, or reload the page and try again.`);

  const openEars = () => (opening ??= openedEars().finally(() => { opening = null; }));

  const openedEars = async () => {
    if (!isSecure) throw new Error(NO_MICROPHONE);
    if (ears) return ears;
    const device = kept("device", "");
    const wanted = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: device ? { ...wanted, deviceId: { exact: device } } : wanted });
    } catch (error) {
      if (error.name === "OverconstrainedError" && device) { keep("device", ""); return openedEars(); }
      throw new Error(refused(error));
    }
    const context = new AudioContext();
    const at = URL.createObjectURL(new Blob([CAPTURE], { type: "text/javascript" }));
    try {
      await context.audioWorklet.addModule(at);
    } catch (error) {
      for (const track of stream.getTracks()) track.stop();
      context.close();
      throw new Error(refused(error));
    } finally { URL.revokeObjectURL(at); }
    const node = new AudioWorkletNode(context, "capture", { numberOfOutputs: 0 });
    context.createMediaStreamSource(stream).connect(node);
    node.port.onmessage = ({ data }) => {
      for (const meter of document.querySelectorAll(".mic-level")) meter.value = taking ? Math.min(1, data.level * 4) : 0;
      const into = taking || leaving;
      if (into && into.begun && socket && socket.readyState === 1) {
        const lasts = data.sound.byteLength / 2 / context.sampleRate;
        into.from ??= data.at - 1000 * lasts;
        if (lasts) socket.send(data.sound);
        if (data.at - (into.told ?? into.from) > 1000) tellClock(into, data.at);
      }
      if (leaving && data.at >= leaving.until) letGo(data.at);
    };
    stream.getAudioTracks()[0].onended = () => { closeEars(); stopTaking(); say("The microphone went away. Plug it in again, or type your answer."); };
    ears = { stream, context, node, rate: context.sampleRate };
    if (context.state !== "running") { say("Click anywhere on the page, so that the browser lets it listen."); await context.resume(); }
    return ears;
  };

  const closeEars = () => {
    if (!ears) return;
    for (const track of ears.stream.getTracks()) { track.onended = null; track.stop(); }
    ears.context.close();
    ears = null;
  };

  // ---------------------------------------------------------------- the connection

  const send = (what) => { if (socket && socket.readyState === 1) socket.send(JSON.stringify(what)); };

  // How long the sound sent so far took by this clock: a browser that is too busy records less than that, and the words between are gone.
  const tellClock = (into, at) => {
    if (into.from === undefined) return;
    into.told = at;
    send({ do: "clock", seconds: Math.max(0, (at - into.from) / 1000) });
  };

  const connect = () => (connecting ??= connected().finally(() => { connecting = null; }));

  const connected = () => new Promise((resolve, reject) => {
    if (socket && socket.readyState === 1) return resolve();
    const at = new URL("speech", document.baseURI);
    at.protocol = at.protocol === "https:" ? "wss:" : "ws:";
    const made = new WebSocket(at);
    made.binaryType = "arraybuffer";
    made.onopen = () => { socket = made; told = ""; resolve(); };
    made.onerror = () => reject(new Error("The connection for speech could not be made. Press Speak again in a moment, or type your answer."));
    made.onclose = () => {
      refusedAt = Date.now();
      if (socket === made) { socket = null; told = ""; }
      if (!taking && !writing) return;
      const saved = (isAnswering() || writing) && rescue();
      stopTaking();
      writing = 0;
      afterwards = null;
      const lost = "The connection for speech was lost.";
      say(saved ? `${lost} What was heard of your answer stands in the box; press Speak to go on, or type.` : `${lost} Press Speak and say it again, or type it.`);
      say(lost, "check-result");
    };
    made.onmessage = ({ data }) => (typeof data === "string" ? hear(JSON.parse(data)) : sound(data));
  });

  const sound = (wav) => { if (coming !== null) { coming = null; if (wantsVoice()) speaker.play(wav); } };

  const hear = (message) => {
    switch (message.is) {
      case "hearing":
        showHeard(message.text);
        if (!writing) say(message.thinking ? "Take your time." : listeningWords());
        break;
      case "ended":
        letGo();
        stopTaking(true);
        if (writing !== 2) { writing = 1; say("Writing down what you said …"); }
        break;
      case "heard": heard(message); break;
      case "nothing": showHeard(""); if (!taking) closeEars(); say(message.says); goOn(); break;
      case "checked": checked(message); break;
      case "interrupted": speaker.stop(); break;
      case "say": if (message.sound) coming = message.text; else if (wantsVoice()) speaker.speak(message.text); break;
      case "mute": say(message.says); break;
      case "fault":
        if (isAnswering() || writing) rescue();
        stopTaking();
        closeEars();
        say(message.says);
        say(message.says, "check-result");
        // This page's question is no longer open; words in the box stay there to be read. Hands-free, it may be this page that is just ending it.
        if (message.stale && mode() === "push" && !(box() && box().value.trim())) location.reload();
        goOn();
        break;
    }
  };

  const heard = (message) => {
    showHeard("");
    if (String(message.seq) !== (where() || { dataset: {} }).dataset.seq) {
      writing = 0;
      afterwards = null;
      return say(message.kept
        ? "The question was answered meanwhile; what you said is kept with it."
        : `The question was answered meanwhile, so this came too late for it: “${message.text}”`);
    }
    put(message.text);
    const unsure = message.unsure.length ? ` Heard unsurely: ${[...new Set(message.unsure.map((word) => word.replace(/[.,;:?!…]+$/, "")))].join(", ")}.` : "";
    const ask = message.lost
      ? `${message.lost} Read what was heard, say or type what is missing, and press Send answer.`
      : "Read what was heard, correct it if you like, and press Send answer. Press Speak to say more.";
    if (message.send) {
      afterwards = "send";
      say(unsure.trim());
    } else {
      if (message.lost) afterwards = null; // whatever was pressed: what may miss words is read before it is sent
      say(`${ask}${unsure}`);
    }
    if (!goOn()) inView($("send"));
  };

  // The answer is written down: press the button that was meant.
  const goOn = () => {
    const meant = afterwards;
    writing = 0;
    afterwards = null;
    if (meant) setTimeout(() => { const button = $(meant); if (button && box() && box().value.trim()) button.click(); }, 30);
    return !!meant;
  };

  // ---------------------------------------------------------------- taking an answer

  const listeningWords = () => (mode() === "free"
    ? "Listening. Pause as long as you like; say “that's my answer” or press Done when you have finished."
    : "Listening. Press Done when you have finished.");

  const start = async (handsFree) => {
    const place = where();
    if (taking || !place || !place.dataset.seq) return;
    if (writing || leaving) { say("Still writing down what you said …"); return; }
    const mine = taking = { seq: place.dataset.seq };
    draw();
    try {
      speaker.open();
      if (!handsFree) speaker.stop();
      if (!ears) say("Opening the microphone. Allow it, if your browser asks.");
      const { rate } = await openEars();
      await connect();
      if (taking !== mine) { if (!taking) closeEars(); return; }
      hello();
      send({ do: "begin", seq: Number(place.dataset.seq), rate, hands_free: handsFree, keep: keepsSound() });
      if (speaker.isPlaying) send({ do: "playing" });
      taking.begun = true;
      say(listeningWords());
      inView($("speech"));
      inView($("answer"));
    } catch (error) {
      if (taking === mine) taking = null;
      if (!taking) closeEars();
      say(error.message);
      inView($("speech"));
    }
    draw();
  };

  const stopTaking = (isOver = false) => {
    if (!taking) return;
    taking = null;
    if (!isOver) { send({ do: "drop" }); showHeard(""); }
    if (mode() !== "free") closeEars(); // the microphone is open while one speaks, and no longer
    draw();
  };

  // Over for whoever pressed it. On a busy browser, what was said last is recorded and not here yet: it is sent first, and then the end.
  const done = () => {
    if (!taking) return;
    if (!taking.begun) { say("", taking.check ? "check-result" : "speech-status"); stopTaking(); return; }
    leaving = taking;
    taking = null;
    leaving.until = Date.now();
    leaving.timer = setTimeout(() => letGo(), REST_MS);
    if (ears) ears.node.port.postMessage("rest");
    if (leaving.check) say("Listening to it …", "check-result");
    else {
      performance.mark("speech:end");
      writing = 1;
      say("Writing down what you said …");
    }
    draw();
  };

  const letGo = (at) => { // all sound up to then is sent
    const over = leaving;
    if (!over) return;
    leaving = null;
    clearTimeout(over.timer);
    tellClock(over, at ?? over.until);
    send({ do: "end", keep: keepsSound() });
    if (over.check || mode() !== "free") closeEars();
  };

  // A button that would end the question before what was said is written down: that comes first.
  const writeFirst = (button) => {
    if (isAnswering()) done();
    writing = 2;
    afterwards = button.id === "send" ? "send" : null;
    if (!afterwards) say("What you said is written down first. Then press the button again.");
  };

  const hello = () => {
    const interview = (where() || { dataset: {} }).dataset.interview;
    const now = `${interview} ${wantsVoice()}`;
    if (interview && now !== told) { told = now; send({ do: "hello", interview, voice: wantsVoice() }); }
  };

  // ---------------------------------------------------------------- the microphone check

  const check = async () => {
    const panel = $("mic-check");
    if (!isSecure) { say(NO_MICROPHONE, "check-result"); return; }
    if (taking || leaving) return;
    const sentences = JSON.parse(panel.dataset.sentences);
    const sentence = sentences[Math.floor(Math.random() * sentences.length)];
    const mine = taking = { check: true };
    draw();
    try {
      speaker.open();
      closeEars();
      const { rate, stream } = await openEars();
      await connect();
      if (taking !== mine) { if (!taking) closeEars(); return; }
      say(`Microphone: ${stream.getAudioTracks()[0].label || "allowed"}.`, "check-device");
      await devices(stream);
      send({ do: "check", rate, sentence });
      taking.begun = true;
      say(`Read this aloud, then press Done: “${sentence}”`, "check-result");
    } catch (error) {
      if (taking === mine) taking = null;
      if (!taking) closeEars();
      say(error.message, "check-result");
    }
    draw();
  };

  const devices = async (stream) => {
    const list = $("mic-devices");
    if (!list) return;
    const found = (await navigator.mediaDevices.enumerateDevices()).filter((d) => d.kind === "audioinput");
    const used = stream.getAudioTracks()[0].getSettings().deviceId;
    list.replaceChildren(...found.map((d, n) => new Option(d.label || `Microphone ${n + 1}`, d.deviceId, false, d.deviceId === used)));
    list.hidden = found.length < 2;
  };

  const checked = (message) => {
    const heardWords = message.text ? ` Heard: “${message.text}”` : "";
    say(`${message.says}${heardWords}`, "check-result");
  };

  // ---------------------------------------------------------------- replay at the quoted words

  const replay = async (link) => {
    const [, seq, from, to] = link.getAttribute("href").split("-");
    const interview = new URLSearchParams(location.search).get("interview");
    const answer = await fetch(`interviews/${encodeURIComponent(interview)}/recordings/${seq}.flac`);
    if (!answer.ok) { link.textContent = "(no longer kept)"; return; }
    const recorded = await speaker.open().decodeAudioData(await answer.arrayBuffer());
    speaker.stop();
    const start = Number(from), end = Math.min(Number(to) || recorded.duration, recorded.duration);
    if (end <= start) return;
    speaker.start(recorded, start, end - start);
    link.dataset.says ??= link.textContent;
    link.textContent = "Playing …";
    setTimeout(() => { link.textContent = link.dataset.says; }, 1000 * (end - start));
  };

  // ---------------------------------------------------------------- the page as it changes

  const draw = () => {
    const speak = $("speak"), checking = $("check-button"), bar = $("speech");
    if (bar) bar.dataset.mode = mode();
    if (speak) {
      const on = !!(taking && !taking.check);
      speak.setAttribute("aria-pressed", String(on));
      speak.textContent = !on ? "Speak" : taking.begun ? "Done" : "Wait …";
      speak.disabled = !isSecure;
      if (!isSecure) say(NO_MICROPHONE);
    }
    if (checking) checking.textContent = taking && taking.check ? "Done" : "Check my microphone";
    if (!taking) for (const meter of document.querySelectorAll(".mic-level")) meter.value = 0;
    for (const radio of document.querySelectorAll("input[name=speech-mode]")) radio.checked = radio.value === mode();
    for (const tick of document.querySelectorAll(".keep-audio")) tick.checked = keepsSound();
    const voice = $("voice-on");
    if (voice) { voice.setAttribute("aria-pressed", String(kept("voice", "on") === "on")); voice.textContent = kept("voice", "on") === "on" ? "Voice: on" : "Voice: off"; }
  };

  const follow = () => {
    const place = where(), seq = place ? place.dataset.seq || "" : "", interview = place ? place.dataset.interview : "";
    if ($("speech") && $("speech").dataset.mode !== mode()) draw();
    if (mode() === "type" || !interview) {
      const into = taking || leaving;
      if (!interview && !(into && into.check)) {
        speaker.stop();
        stopTaking();
        letGo();
        closeEars();
        if (socket && told) socket.close();
        begunFor = null;
      }
      if (mode() !== "type" && !readied && $("speech-ways")) { readied = true; connect().then(() => send({ do: "ready" }), () => {}); }
      return;
    }
    if (socket) hello();
    else if (!connecting && Date.now() - refusedAt > 5000) connect().then(hello, () => { refusedAt = Date.now(); });
    if (seq !== shownSeq) { shownSeq = seq; if (taking && !taking.check && taking.seq !== seq) stopTaking(); showHeard(""); draw(); }
    if (mode() === "free" && seq && begunFor !== seq && !taking && !writing && !leaving && isSecure && socket) { begunFor = seq; start(true); }
  };

  // Before anything else sees the click, and once. Hands-free, one is always listening: there only what was said counts.
  window.addEventListener("click", (e) => {
    const button = e.target.closest && e.target.closest("#send, #skip, #clarify, #end, #leave");
    const speaks = isAnswering() && taking.begun && (mode() !== "free" || $("hearing").textContent);
    if (!button || !(speaks || writing === 1)) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    writeFirst(button);
  }, true);
  window.addEventListener("pagehide", () => { letGo(); if (isAnswering() || writing) rescue(); });
  document.addEventListener("click", (e) => {
    if (!e.target.closest) return;
    const link = e.target.closest('a[href^="#hear-"]');
    if (link) { e.preventDefault(); replay(link); return; }
    if (e.target.closest("#check-button")) { if (taking && taking.check) done(); else check(); }
    if (e.target.closest("#voice-on")) { keep("voice", kept("voice", "on") === "on" ? "off" : "on"); if (!wantsVoice()) speaker.stop(); hello(); draw(); }
    if (e.target.closest("#begin, #next, #again, #open-past")) { if (wantsVoice()) speaker.open(); speaker.stop(); }
    if (e.target.closest("#send, #skip, #end, #leave")) speaker.stop();
    if (e.target.closest("#send, #skip, #clarify")) stopTaking();
  });
  // Speak: a short press begins and another one ends; held down, it listens for as long as it is held.
  document.addEventListener("pointerdown", (e) => {
    if (!e.target.closest || !e.target.closest("#speak") || e.button) return;
    pressedAt = taking ? 0 : performance.now();
    if (taking) done(); else start(mode() === "free");
  });
  document.addEventListener("pointerup", () => {
    if (pressedAt && performance.now() - pressedAt > 700 && mode() !== "free") done();
    pressedAt = 0;
  });
  document.addEventListener("keydown", (e) => {
    if (e.target.id !== "speak" || e.repeat || (e.key !== "Enter" && e.key !== " ")) return;
    e.preventDefault();
    if (taking) done(); else start(mode() === "free");
  });
  document.addEventListener("change", (e) => {
    if (e.target.name === "speech-mode") { keep("mode", e.target.value); stopTaking(); begunFor = null; if (mode() === "type") { speaker.stop(); closeEars(); } else if (!isSecure) say(NO_MICROPHONE, "check-result"); draw(); }
    if (e.target.classList && e.target.classList.contains("keep-audio")) { keep("keep", e.target.checked ? "yes" : "no"); draw(); }
    if (e.target.id === "mic-devices") { keep("device", e.target.value); closeEars(); }
  });
  setInterval(follow, 200);
  setInterval(draw, 1000);
})();
