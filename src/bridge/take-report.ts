import type { Resolution } from '../network/network.js'
import type { Endpoint, SocketEndpoint } from './endpoints.js'
import type { Report } from './messages.js'
import { tlsStateOf } from './tls-operations.js'

/** Notes in an endpoint what its pump has reported of it. */
export function takeReport(endpoint: Endpoint, report: Report): void {
  if (endpoint.is === 'lookup') endpoint.resolution = resolutionOf(report)
  if (endpoint.is !== 'socket') return
  if (report.is === 'connection') {
    if (endpoint.phase !== 'listening') return
    endpoint.waiting.push(report)
    endpoint.arrived++
  } else if (report.is === 'secured' || report.is === 'notSecured') {
    if (endpoint.tls.is === 'handshaking') endpoint.tls = tlsStateOf(report)
  } else if (report.is === 'failed' && endpoint.tls.is === 'handshaking')
    endpoint.tls = { is: 'failed', reason: report.errno }
  else if (endpoint.outcome.is === 'asked' || endpoint.phase === 'connecting') noteOutcome(endpoint, report)
}

/** What a lookup has come to. One that could not even be asked for has failed too. */
function resolutionOf(report: Report): Resolution {
  return report.is === 'resolved' ? report.resolution : { is: 'failed', reason: 'EAI_FAIL' }
}

/** What came of a command that the guest has asked for. */
function noteOutcome(endpoint: SocketEndpoint, report: Report): void {
  const isConnecting = endpoint.phase === 'connecting'
  if (report.is === 'done') {
    endpoint.outcome = { is: 'done' }
    if (report.local !== undefined) endpoint.local = report.local
    if (report.peer !== undefined) endpoint.peer = report.peer
    if (isConnecting) endpoint.phase = 'connected'
  } else if (report.is === 'failed') {
    endpoint.outcome = { is: 'failed', errno: report.errno }
    if (isConnecting) endpoint.phase = 'failed'
  }
}
