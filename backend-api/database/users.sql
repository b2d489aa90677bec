-- The database and its IAM users. Run once an environment, as the master user, through the bastion's tunnel:
--
--   aws ssm start-session --target <bastion> --document-name AWS-StartPortForwardingSessionToRemoteHost \
--     --parameters host=<RDS endpoint>,portNumber=3306,localPortNumber=13306
--   mysql -h 127.0.0.1 -P 13306 -u admin -p < users.sql
--
-- It may be run again: nothing that is there is lost. What somebody else granted stays too; the end shows it.
-- RDS for MySQL alone knows AWSAuthenticationPlugin; the instance needs IAM authentication switched on, and whoever
-- connects needs `rds-db:connect` on arn:aws:rds-db:<region>:<account>:dbuser:<DbiResourceId>/<user>.

CREATE DATABASE IF NOT EXISTS ridebooking CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

-- The service. It reads and writes rows, and can't change the schema. A token is good over TLS alone.
CREATE USER IF NOT EXISTS 'app_user'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS';
ALTER USER 'app_user'@'%' REQUIRE SSL;
GRANT SELECT, INSERT, UPDATE, DELETE ON ridebooking.* TO 'app_user'@'%';

-- `npm run migrate`. It changes this one schema.
CREATE USER IF NOT EXISTS 'migrator'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS';
ALTER USER 'migrator'@'%' REQUIRE SSL;
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES ON ridebooking.* TO 'migrator'@'%';

-- Both should show AWSAuthenticationPlugin, and no right that is not above.
SELECT User, Host, plugin FROM mysql.user WHERE User IN ('app_user', 'migrator');
SHOW GRANTS FOR 'app_user'@'%';
SHOW GRANTS FOR 'migrator'@'%';
