// Everything about the candidate's microphone before the talk: asking for it, choosing one, its level, and what to do when the
// browser says no. The stream is held until the talk has its own, because Firefox asks anew for every stream otherwise.

const CONSTRAINTS = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

export function microphoneSupported() {
	return Boolean(window.isSecureContext && navigator.mediaDevices?.getUserMedia && window.AudioContext && window.AudioWorkletNode);
}

// Opens the microphone (the chosen one, else the default). Rejects with the browser's DOMException.
export function openMicrophone(deviceId) {
	const audio = { ...CONSTRAINTS, ...(deviceId ? { deviceId: { exact: deviceId } } : {}) };
	return navigator.mediaDevices.getUserMedia({ audio });
}

export function closeMicrophone(stream) {
	for (const track of stream?.getTracks() ?? []) track.stop();
}

export async function listMicrophones() {
	const devices = await navigator.mediaDevices.enumerateDevices();
	return devices
		.filter((device) => device.kind === 'audioinput' && device.deviceId)
		.map((device, index) => ({ id: device.deviceId, label: device.label || `Microphone ${index + 1}` }));
}

// Tells the failures of getUserMedia from everything else that can fail while a talk starts.
export function isMicrophoneError(error) {
	return ['NotAllowedError', 'SecurityError', 'NotFoundError', 'OverconstrainedError', 'NotReadableError'].includes(error?.name);
}

// Says what is wrong and what helps, as {title, steps}.
export function explainProblem(error) {
	switch (error.name) {
	case 'NotAllowedError':
	case 'SecurityError':
		return { title: 'The browser does not let this page use your microphone', steps: permissionSteps(navigator.userAgent) };
	case 'NotFoundError':
	case 'OverconstrainedError':
		return { title: 'No microphone was found', steps: [
			'Connect a microphone or a headset, or switch on the one you have.',
			'Check in the sound settings of your device that it is chosen for input.',
			'Then try again.',
		] };
	case 'NotReadableError':
		return { title: 'The microphone is in use', steps: [
			'Close other programs and tabs that use it, such as video calls.',
			'If that does not help, unplug it for a moment or restart the browser.',
			'Then try again.',
		] };
	default:
		return { title: 'The microphone could not be opened', steps: ['Load this page again, or open your link in another browser.'] };
	}
}

// The way to the permission differs by browser; a wrong description is worse than a general one, so unknown ones get that.
export function permissionSteps(agent) {
	const again = 'Then come back here and try again.';
	if (/iPhone|iPad|iPod/.test(agent)) {
		return ['Tap the page menu beside the address, then Website Settings, and set Microphone to Allow.',
			'If it is not there: open Settings, Apps, your browser, and switch Microphone on.', again];
	}
	if (/Android/.test(agent)) {
		return ['Tap the icon left of the address, then Permissions, and allow the microphone.',
			'If it stays blocked: open your device settings, Apps, your browser, Permissions, and allow the microphone.', again];
	}
	if (/Firefox\//.test(agent)) {
		return ['Click the crossed-out microphone left of the address and remove “Blocked”.', again];
	}
	if (/Edg\/|Chrome\//.test(agent)) {
		return ['Click the icon left of the address.', 'Set Microphone to Allow.', again];
	}
	if (/Safari\//.test(agent)) {
		return ['Open the Safari menu, then Settings for this website, and set Microphone to Allow.', again];
	}
	return ['Open the permissions of this website in your browser and allow the microphone.', again];
}

// Measures how loud a stream is, until stopped. `onLevel` gets 0..1 for every picture that is drawn.
export function watchLevel(stream, onLevel) {
	const context = new AudioContext();
	const analyser = context.createAnalyser();
	analyser.fftSize = 1024;
	context.createMediaStreamSource(stream).connect(analyser);
	context.resume().catch(() => {});
	const samples = new Float32Array(analyser.fftSize);
	let level = 0;
	let frame = requestAnimationFrame(measure);

	// Rises at once and falls slowly, as the eye expects of such a meter.
	function measure() {
		analyser.getFloatTimeDomainData(samples);
		level = Math.max(loudness(samples), level * 0.94);
		onLevel(level);
		frame = requestAnimationFrame(measure);
	}
	return () => {
		cancelAnimationFrame(frame);
		context.close().catch(() => {});
	};
}

// Maps -60 dB .. -10 dB to 0..1: what a person hears as even steps.
function loudness(samples) {
	let sum = 0;
	for (const sample of samples) sum += sample * sample;
	const decibels = 10 * Math.log10(sum / samples.length + 1e-12);
	return Math.min(1, Math.max(0, (decibels + 60) / 50));
}
