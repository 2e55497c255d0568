/** Where fields lie: a guest's memory, or any bytes. */
export interface Memory {
  /** A view for `length` bytes at `pointer`, and where they begin in it; throws where they do not lie inside. */
  fields(pointer: number, length: number): { data: DataView; at: number }
}

/** Bytes outside of any guest, to lay something out in. */
export function memoryOf(bytes: Uint8Array): Memory {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { fields: (pointer) => ({ data, at: pointer }) }
}

/** How a value lies in linear memory. */
export interface Field<T> {
  readonly size: number
  readonly align: number
  get(data: DataView, at: number): T
  set(data: DataView, at: number, value: T): void
}

const field = <T>(size: number, get: Field<T>['get'], set: Field<T>['set'], align = size): Field<T> => ({
  size,
  align,
  get,
  set,
})

export const u8 = field<number>(
  1,
  (data, at) => data.getUint8(at),
  (data, at, value) => data.setUint8(at, value),
)
export const u16 = field<number>(
  2,
  (data, at) => data.getUint16(at, true),
  (data, at, value) => data.setUint16(at, value, true),
)
export const u16be = field<number>(
  2,
  (data, at) => data.getUint16(at),
  (data, at, value) => data.setUint16(at, value),
)
export const i16 = field<number>(
  2,
  (data, at) => data.getInt16(at, true),
  (data, at, value) => data.setInt16(at, value, true),
)
export const u32 = field<number>(
  4,
  (data, at) => data.getUint32(at, true),
  (data, at, value) => data.setUint32(at, value, true),
)
export const i32 = field<number>(
  4,
  (data, at) => data.getInt32(at, true),
  (data, at, value) => data.setInt32(at, value, true),
)
export const u64 = field<bigint>(
  8,
  (data, at) => data.getBigUint64(at, true),
  (data, at, value) => data.setBigUint64(at, value, true),
)
export const i64 = field<bigint>(
  8,
  (data, at) => data.getBigInt64(at, true),
  (data, at, value) => data.setBigInt64(at, value, true),
)

/** `size` bytes as they are. */
export function bytes(size: number): Field<Uint8Array> {
  const view = (data: DataView, at: number) => new Uint8Array(data.buffer, data.byteOffset + at, size)
  return field(
    size,
    (data, at) => view(data, at).slice(),
    (data, at, value) => view(data, at).set(value),
    1,
  )
}

type Values<F> = { -readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never }

/** A structure as C lays it out: fields in order, each aligned to its own size. */
export interface Struct<T> {
  readonly size: number
  read(memory: Memory, pointer: number): T
  write(memory: Memory, pointer: number, value: T): void
}

export function struct<F extends Record<string, Field<number> | Field<bigint> | Field<Uint8Array>>>(
  fields: F,
): Struct<Values<F>> {
  type T = Values<F>
  let end = 0
  let widest = 1
  const places = Object.entries(fields).map(([name, each]) => {
    const at = Math.ceil(end / each.align) * each.align
    end = at + each.size
    widest = Math.max(widest, each.align)
    return { name, at, each: each as Field<unknown> }
  })
  const size = Math.ceil(end / widest) * widest
  return {
    size,
    read(memory, pointer) {
      const { data, at } = memory.fields(pointer, size)
      const value: Record<string, unknown> = {}
      for (const place of places) value[place.name] = place.each.get(data, at + place.at)
      return value as T
    },
    write(memory, pointer, value) {
      const { data, at } = memory.fields(pointer, size)
      for (const place of places) place.each.set(data, at + place.at, (value as Record<string, unknown>)[place.name])
    },
  }
}

/** One value on its own, such as the `socklen_t` behind a pointer. */
export function readAt<T>(memory: Memory, each: Field<T>, pointer: number): T {
  const { data, at } = memory.fields(pointer, each.size)
  return each.get(data, at)
}

export function writeAt<T>(memory: Memory, each: Field<T>, pointer: number, value: T): void {
  const { data, at } = memory.fields(pointer, each.size)
  each.set(data, at, value)
}
