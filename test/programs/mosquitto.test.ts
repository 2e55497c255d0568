import { describe, expect, test } from 'vitest'
import { accepting, built, freePort, isBuilt, Program, run } from '../support/programs.js'

const tool = (name: string) => built('mosquitto', `client/mosquitto_${name}`)

describe.runIf(isBuilt('mosquitto'))('mosquitto', () => {
  async function broker() {
    const port = await freePort()
    const program = new Program(built('mosquitto', 'src/mosquitto'), ['-p', String(port), '-v'])
    await accepting(port, program)
    return { port: String(port), subscribed: (id: string) => program.says(`Sending SUBACK to ${id}`) }
  }

  test.each(['0', '1', '2'])('its broker takes messages to those that have subscribed, of quality %s', async (qos) => {
    const { port, subscribed } = await broker()
    const topics = ['a/b', 'a/c', 'd']
    const hearers = ['a/#', '#'].map((topic, index) => {
      const args = ['-p', port, '-i', `hearer-${index}`, '-t', topic, '-q', qos, '-C', `${index + 2}`, '-v']
      return new Program(tool('sub'), args)
    })
    await Promise.all([subscribed('hearer-0'), subscribed('hearer-1')])
    for (const topic of topics) {
      const args = ['-p', port, '-t', topic, '-q', qos, '-m', `of ${topic}`]
      expect(await run(tool('pub'), args)).toEqual({ code: 0, said: '' })
    }
    expect(await Promise.all(hearers.map((hearer) => hearer.ended))).toEqual([0, 0])
    const heard = hearers.map(({ said }) => [...said.matchAll(/^\S+ of (\S+)$/gm)].map(([, topic]) => topic))
    expect(heard).toEqual([['a/b', 'a/c'], topics])
  })

  test('keeps what is to be retained, and tells of a client that is gone', async () => {
    const { port, subscribed } = await broker()
    expect((await run(tool('pub'), ['-p', port, '-t', 'kept', '-r', '-m', 'still here'])).code).toBe(0)
    expect((await run(tool('sub'), ['-p', port, '-t', 'kept', '-C', '1'])).said).toBe('still here\n')
    const heir = new Program(tool('sub'), ['-p', port, '-i', 'heir', '-t', 'will', '-C', '1'])
    await subscribed('heir')
    const will = ['--will-topic', 'will', '--will-payload', 'gone']
    const dying = new Program(tool('sub'), ['-p', port, '-i', 'dying', '-t', 'any', ...will])
    await subscribed('dying')
    dying.child.kill('SIGKILL')
    expect(await heir.ended).toBe(0)
    expect(heir.said).toBe('gone\n')
  })
})
