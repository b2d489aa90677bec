// The yardstick of a cold start: the packages that the bot cannot do without, and nothing done with them.
import '@aws-sdk/client-cloudwatch';
import '@aws-sdk/client-cloudwatch-logs';
import '@aws-sdk/client-cognito-identity-provider';
import '@aws-sdk/client-dynamodb';
import '@aws-sdk/client-ec2';
import '@aws-sdk/client-elastic-load-balancing-v2';
import '@aws-sdk/client-rds';
import '@aws-sdk/client-secrets-manager';
import '@aws-sdk/client-ssm';
import '@aws-sdk/client-sts';
import '@aws-sdk/lib-dynamodb';
import '@slack/bolt';
