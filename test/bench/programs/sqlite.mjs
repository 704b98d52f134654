/**
 * SQLite, through the glue of npm's sql.js around the module that an engine provides. Each workload is a function of
 * an open database; it leaves the database as it found it.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
export const wasm = () => require.resolve('sql.js/dist/sql-wasm.wasm');

const FILL = `create table item(id integer primary key, name text, price real, kind integer);
create table kind(id integer primary key, label text);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 6000)
  insert into item select i, 'item ' || (i * 7919 % 6007), (i * 37 % 1000) / 8.0, i % 23 from n;
insert into kind select distinct kind, 'kind ' || kind from item;`;

export const WORKLOADS = {
  insert(database) {
    database.run('create table t(a integer primary key, b text, c real)');
    const statement = database.prepare('insert into t values(?, ?, ?)');
    database.run('begin');
    for (let i = 0; i < 1500; i++) statement.run([i, `x${(i * 7919) % 1000}`, i / 7]);
    statement.free();
    database.run('commit');
    const rows = query(database, 'select count(*), sum(c), max(b) from t');
    database.run('drop table t');
    return rows;
  },
  aggregate: (database) => query(database, 'select kind, count(*), sum(price), min(name) from item group by kind'),
  join: (database) =>
    query(database, 'select label, avg(price) from item join kind on kind.id = item.kind where price > 30 group by 1'),
  order: (database) => query(database, 'select name, price from item order by price desc, name limit 40'),
  text: (database) => query(database, "select count(*), sum(length(upper(name))) from item where name like '%3_7%'"),
  recursive: (database) =>
    query(
      database,
      'with recursive f(n, a, b) as (select 1, 0, 1 union all select n + 1, b, (a + b) % 1000007 from f where n < 4000) select sum(a), max(n) from f',
    ),
  index(database) {
    database.run('create index by_name on item(name)');
    const rows = query(database, "select id, name from item where name between 'item 20' and 'item 21' order by name");
    database.run('drop index by_name');
    return rows;
  },
};

function query(database, sql) {
  return JSON.stringify(database.exec(sql));
}

/** Starts sql.js and fills two tables. See `Program` in index.mjs. */
export async function open(instantiate) {
  const start = require('sql.js/dist/sql-wasm.js');
  const sql = await new Promise((resolve, reject) => {
    const instantiateWasm = (imports, done) => {
      Promise.resolve(instantiate(imports)).then((exports) => done({ exports }), reject);
    };
    start({ instantiateWasm }).then(resolve, reject);
  });
  const database = new sql.Database();
  database.exec(FILL);
  return (workload) => WORKLOADS[workload](database);
}
