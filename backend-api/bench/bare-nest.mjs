import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { createConnect } from '../src/database/connect.ts';
import { createPool } from '../src/database/pool.ts';

// What backend-api is measured against: Nest with nothing of ours but the pool, and nobody asked who they are.
const pool = createPool({
  size: 10,
  connect: createConnect({
    host: process.env.DB_HOST,
    port: Number(process.env.DB_PORT),
    name: process.env.DB_NAME,
    user: process.env.DB_USER,
    login: { kind: 'password', password: process.env.DB_PASSWORD },
  }),
  onConnected: () => undefined,
});

const query = (sql, values) =>
  new Promise((resolve, reject) =>
    pool.getConnection((error, connection) => {
      if (error) return reject(error);
      connection.query(sql, values, (failure, rows) => {
        connection.release();
        failure ? reject(failure) : resolve(rows);
      });
    }),
  );

class Bare {
  health() {
    return { status: 'ok', service: 'backend-api', timestamp: new Date().toISOString() };
  }

  async profile() {
    const [profile] = await query('select * from profiles where cognito_sub = ?', [process.env.SUB]);
    return profile;
  }
}

class Root {}

const route = (path, name) =>
  Get(path)(Bare.prototype, name, Object.getOwnPropertyDescriptor(Bare.prototype, name));
route('health', 'health');
route('profile', 'profile');
Controller()(Bare);
Module({ controllers: [Bare] })(Root);
const app = await NestFactory.create(Root, { logger: false });
await app.listen(Number(process.env.PORT), '127.0.0.1');
process.send?.('ready');
