/** SQLite through Emscripten: 20,000 inserts, aggregates, the database file; saturating i64 conversions. */
import { require, sha1 } from '../support.mjs';

export async function run() {
  const SQL = await require('sql.js')();
  const db = new SQL.Database();
  db.run('create table t(a integer primary key,b text,c real)');
  const insert = db.prepare('insert into t values(?,?,?)');
  db.run('begin');
  for (let i = 0; i < 20_000; i++) insert.run([i, `x${(i * 7919) % 1000}`, i / 7]);
  insert.free();
  db.run('commit');
  const rows = db.exec('select b,count(*),sum(c),avg(c),group_concat(a%10) from t group by b order by 3 desc limit 50');
  return JSON.stringify(rows) + sha1(db.export());
}
