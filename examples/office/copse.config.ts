/** The office: names, a balancer and two web servers, in development and in production. */
import { balancer, defineEcosystem, dns, existing, flow, incus, web } from 'copse'

export default defineEcosystem({
  name: 'office',

  environments: {
    dev: {
      machines: incus({ box: 'local' }),
      subnet: '10.61.0.0/24',
      domain: 'office.internal',
      prefix: 'dev',
    },
    prod: {
      machines: existing({ user: 'ops' }),
      subnet: '10.63.0.0/24',
      domain: 'office.example',
      protected: true,
    },
  },

  hosts: {
    dns: { at: 21, roles: [dns()] },
    lb: { at: 20, roles: [balancer()], names: ['www', 'cdn', 'repo'] },
    web: { at: [24, 25], roles: [web()] }, // web1 and web2
  },

  flows: [flow('internet', 'lb.http'), flow('internet', 'lb.https')],
})
