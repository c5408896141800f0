/** The level of a microphone, and a tone out of a loudspeaker. */

/** Tells the level of a sound from 0 to 1, some twenty times a second, until the returned function is called. */
export function meter(track: MediaStreamTrack, tell: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, each) => sum + each * each, 0) / samples.length;
    // From -60 dB, a quiet room, to -10 dB, a loud voice.
    const decibel = 10 * Math.log10(power + 1e-10);
    tell(Math.min(1, Math.max(0, (decibel + 60) / 50)));
  }, 50);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

const NOTES = [523.25, 659.25, 783.99] as const;
const EACH = 0.4;

/** Plays three notes; resolves when they are over. */
export async function playTone(speaker: string): Promise<void> {
  const context = new AudioContext();
  const out = context.createMediaStreamDestination();
  const player = new Audio();
  player.srcObject = out.stream;
  if (speaker !== "" && "setSinkId" in player) await player.setSinkId(speaker).catch(() => undefined);
  const start = context.currentTime + 0.1;
  NOTES.forEach((pitch, index) => {
    const note = context.createOscillator();
    const level = context.createGain();
    const at = start + index * EACH;
    note.frequency.value = pitch;
    level.gain.setValueAtTime(0, at);
    level.gain.linearRampToValueAtTime(0.25, at + 0.04);
    level.gain.exponentialRampToValueAtTime(0.001, at + EACH + 0.2);
    note.connect(level).connect(out);
    note.start(at);
    note.stop(at + EACH + 0.2);
  });
  await player.play();
  await new Promise((resolve) => setTimeout(resolve, (0.5 + NOTES.length * EACH) * 1000));
  player.srcObject = null;
  await context.close();
}
