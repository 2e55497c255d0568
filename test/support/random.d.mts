export function randomFrom(seed: number): () => number
export function addTo(sum: number, bytes: Uint8Array): number
