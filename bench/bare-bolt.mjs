import { App, SocketModeReceiver } from '@slack/bolt';

// The yardstick: an app that acknowledges and does nothing else, built as the bot builds its own.
const slackApiUrl = process.env.SLACK_API_URL;
const receiver = new SocketModeReceiver({
  appToken: process.env.SLACK_APP_TOKEN,
  installerOptions: { clientOptions: { slackApiUrl } },
});
const app = new App({ token: process.env.SLACK_BOT_TOKEN, receiver, clientOptions: { slackApiUrl } });
app.command(/.*/, async ({ ack }) => ack());
await app.start();
