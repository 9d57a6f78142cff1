import { proveFaults } from './prove-faults.ts'

// The cases from D1 to D22 of docs/reference/misbehaviour.md that a component of its own can bring about.
proveFaults('container')
