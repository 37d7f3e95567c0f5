/** Sends a text message. A provider's client is put behind it. */
export interface SmsSender {
  /** @param phoneNumber in E.164 @throws when the provider does not take the message */
  send: (phoneNumber: string, text: string) => Promise<void>
}

/** For development: prints the messages instead of sending them. */
export class ConsoleSmsSender implements SmsSender {
  async send(phoneNumber: string, text: string): Promise<void> {
    console.log(`SMS to ${phoneNumber}: ${text}`)
  }
}
