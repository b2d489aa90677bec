// The yardstick: an app that acknowledges and does nothing else, built as the bot builds its own.
import { App, SocketModeReceiver } from '@slack/bolt';

const { SLACK_API_URL: slackApiUrl, SLACK_APP_TOKEN: appToken, SLACK_BOT_TOKEN: botToken } = process.env;
const receiver = new SocketModeReceiver({ appToken, installerOptions: { clientOptions: { slackApiUrl } } });
const app = new App({
  receiver,
  authorize: async () => ({ botToken, botUserId: 'U0D2BOT' }),
  clientOptions: { slackApiUrl },
});
app.command(/.*/, async ({ ack }) => ack());
await app.start();
