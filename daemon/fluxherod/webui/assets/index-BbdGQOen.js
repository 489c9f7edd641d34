var e,t,n,r,i,a,o,s,c,l,u,d=Symbol.for(`pv`),f={},p=[],m=/^m(i|n|o|s|text|space)$/,h=Array.isArray,g=p.slice,_=Object.assign;function v(e){e&&e.parentNode&&e.remove()}function y(e,t,n){var r,i,a,o={},s=arguments.length;for(a in t)a==`key`?r=t[a]:a==`ref`&&typeof e!=`function`?i=t[a]:o[a]=t[a];return s>2&&(o.children=s>3?g.call(arguments,2):n),b(e,o,r,i,null)}function b(n,r,i,a,o){var s={type:n,props:r,key:i,ref:a,__k:null,__:null,__b:0,__e:null,__c:null,constructor:d,__v:o||++t,__i:-1,__u:0};return!o&&e.vnode&&e.vnode(s),s}function x(e){return e.children}function S(e,t){this.props=e,this.context=t,this.__g=0}function ee(e,t){if(t==null)return e.__&&ee(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!=`function`||e.props.__P?null:ee(e)}function te(t){var n,r=t.__v,i=r.__e,a=[],o=[],s=t.__P;s&&((n=_({constructor:d},r)).__v=r.__v+1,e.vnode&&e.vnode(n),le(s,n,r,t.__n,s.namespaceURI,32&r.__u?[i]:null,a,i||ee(r),32&r.__u,o),n.__v=r.__v,n.__.__k[n.__i]=n,E(a,n,o),r.__=r.__e=null,n.__e!=i&&C(n))}function C(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),C(e)}function w(t){(8&t.__g||(t.__g|=8,r.push(t),a++))&&i==e.debounceRendering||((i=e.debounceRendering)||queueMicrotask)(T)}function T(){try{for(var e,t=1;r.length;)r.length>t&&r.sort(o),e=r.shift(),t=r.length,8&e.__g&&te(e)}finally{(a=r.length)&&(i||queueMicrotask)(T)}}function ne(e,t,n,r,i,a,o,s,c,l,u){var d,m,h,g,_,v,y=r.__k||p,b=t.length;for(c=re(n,t,y,c,b),d=0;d<b;d++)(h=n.__k[d])!=null&&(m=~h.__i&&y[h.__i]||f,h.__i=d,v=le(e,h,m,i,a,o,s,c,l,u),g=h.__e,(m.ref!=h.ref||8&m.__u)&&(m.ref&&D(m.ref,null,h,m),h.ref&&u.push(h.ref,h.__c||g,h)),_||=g,4&h.__u?(c=ie(h,c,e,!m.__v),m.__e&&(m.__e=null)):typeof h.type==`function`&&v!==void 0?c=v:g&&(c=g.nextSibling),h.__u&=-21);return n.__e=_,c}function re(e,t,n,r,i){var a,o,s,c,l,u,f,p,m,g=n.length,_=g,v=0,y=0,S=e.__k=Array(i);for(a=0;a<i;a++)(o=t[a])!=null&&typeof o!=`boolean`&&typeof o!=`function`?(typeof o!=`object`||o.constructor===String?o=S[a]=b(null,o):h(o)?o=S[a]=b(x,{children:o}):o.constructor===d&&o.__b?o=S[a]=b(o.type,o.props,o.key,o.ref,o.__v):S[a]=o,c=a+v,o.__=e,o.__b=e.__b+1,s=null,~(l=o.__i=ae(o,n,c,_))&&(_--,(s=n[l])&&(s.__u|=2)),s&&s.__v?(o.__u|=16,l==c-1?v--:l==c+1?v++:l!=c&&(l>c?v--:v++,y=1)):(~l||(i>g?v--:i<g&&v++),typeof o.type!=`function`&&(o.__u|=4))):S[a]=null;if(y){for(u=[],f=[],a=0;a<i;a++)if((o=S[a])&&16&o.__u){for(v=0,p=u.length;v<p;)u[m=v+p>>1]<o.__i?v=m+1:p=m;u[v]=o.__i,f[a]=v+1}for(v=u.length;a--;)f[a]&&(f[a]==v?v--:S[a].__u|=4)}if(_)for(a=0;a<g;a++)!(s=n[a])||2&s.__u||(s.__e==r&&(r=ee(s)),pe(s,s));return r}function ie(e,t,n,r){var i,a,o,s;if(typeof e.type==`function`){if(e.props.__P)return t;if(i=e.__k)for(a=0;a<i.length;a++)i[a]&&(i[a].__=e,t=ie(i[a],t,n,!1));return t}for(t&&!t.parentNode&&(t=ee(e))&&!t.parentNode&&(t=null),o=e.__e,s=t;s&&s.nodeType==8;)s=s.nextSibling;for(o!=s&&(!r&&n.moveBefore&&o.parentNode?n.moveBefore(o,t):n.insertBefore(o,t||null)),t=o;(t&&=t.nextSibling)&&t.nodeType==8&&!t.data.startsWith(`$s`););return t}function ae(e,t,n,r){var i,a=e.key,o=e.type,s=t[n],c=s&&!(2&s.__u);if(s===null&&a==null||c&&a==s.key&&o==s.type)return n;if(r>+!!c){for(i=n-1;i>=0;i--)if((s=t[i])&&!(2&s.__u)&&a==s.key&&o==s.type)return i;for(i=n+1;i<t.length;i++)if((s=t[i])&&!(2&s.__u)&&a==s.key&&o==s.type)return i}return-1}function oe(e,t,n){n??=``,t[0]==`-`?e.setProperty(t,n):e[t]=n}function se(e,t,n,r,i){var a,o;if(t==`style`){if(typeof n==`string`)e.style.cssText=n;else{if(typeof r==`string`&&(e.style.cssText=r=``),r)for(t in r)n&&t in n||oe(e.style,t);if(n)for(t in n)r&&n[t]==r[t]||oe(e.style,t,n[t])}}else if(t[0]==`o`&&t[1]==`n`)typeof n!=`function`&&(n=null),typeof r!=`function`&&(r=null),(e.__e||={})[t]=n,n&&r||(o=u[t]||(u[t]=ce(t)),(e.__a||={})[t]=l,a=t!=(t=t.replace(c,`$1`)),(t=t.slice(2))[0]<`a`&&(t=t.toLowerCase()),n?e.addEventListener(t,o,a):e.removeEventListener(t,o,a));else{if(i==`http://www.w3.org/2000/svg`)t=t.replace(/xlink(H|:h)/,`h`).replace(/sName$/,`s`);else if(t!=`width`&&t!=`height`&&t!=`href`&&t!=`list`&&t!=`form`&&t!=`tabIndex`&&t!=`download`&&t!=`rowSpan`&&t!=`colSpan`&&t!=`role`&&t!=`popover`&&t in e)try{e[t]=n??``;return}catch{}if(typeof n==`function`)return;n==null||!1===n&&t[4]!=`-`?e.removeAttribute(t):e.setAttribute(t,t==`popover`&&n==1?``:n)}}function ce(t){return function(n){var r=this.__e;if(r){if(r=r[t],n[s]==null)n[s]=l++;else if(n[s]<this.__a[t])return;return r(e.event?e.event(n):n)}}}function le(t,n,r,i,a,o,s,c,l,u){var f,m,g,y,b,te,C,w,T,re,ie,ae,oe,se,ce,le,E,D,he=n.type;if(n.constructor!==d)return null;128&r.__u&&(l=32&r.__u,f=r.__c.__z)&&(n.__u|=l,m=o=[],f.nodeType==8?c=ue(f,o):o.push(f),c=o[0]||c),(f=e.__b)&&f(n);n:if(typeof he==`function`){g=s.length;try{if(w=n.props,T=(f=he.prototype)&&f.render,re=(f=he.contextType)&&i[f.__c],ie=f?re?re.props.value:f.__:i,(y=r.__c)?(n.__c=y,2&y.__g&&(y.__g|=1)):(T?n.__c=y=new he(w,ie):(n.__c=y=new S(w,ie),y.constructor=he,y.render=me),re&&re.sub(y),y.state||(y.state={}),y.__n=i,y.__g|=8,y.__h=[],y.__k=[]),T&&(y.__s||(y.__s=y.state),he.getDerivedStateFromProps&&(y.__s==y.state&&(y.__s=_({},y.__s)),_(y.__s,he.getDerivedStateFromProps(w,y.__s)))),b=y.props,te=y.state,y.__v=n,r.__c){if(w!==b&&T&&!he.getDerivedStateFromProps&&y.componentWillReceiveProps&&y.componentWillReceiveProps(w,ie),n.__v==r.__v&&!(8&y.__g)||!(4&y.__g)&&y.shouldComponentUpdate&&!1===y.shouldComponentUpdate(w,y.__s,ie)){n.__v!=r.__v&&(y.props=w,y.state=y.__s,y.__g&=-9),n.__e=r.__e,n.__k=r.__k,n.__k.some(function(e){e&&(e.__=n)}),p.push.apply(y.__h,y.__k),y.__k=[],y.__h.length&&s.push(y),c=ee(r);break n}y.componentWillUpdate&&y.componentWillUpdate(w,y.__s,ie),T&&y.componentDidUpdate&&y.__h.push(function(){y.componentDidUpdate(b,te,C)})}else T&&!he.getDerivedStateFromProps&&y.componentWillMount&&y.componentWillMount(),T&&y.componentDidMount&&y.__h.push(y.componentDidMount);y.context=ie,y.props=w,y.__P=t,y.__g&=-5,ae=e.__r,oe=T?25:0;do y.__g&=-9,ae&&ae(n),f=y.render(y.props,y.state=y.__s,y.context);while(8&y.__g&&++oe<25);T&&(p.push.apply(y.__h,y.__k),y.__k=[]),y.state=y.__s,y.getChildContext&&(i=_({},i,y.getChildContext())),T&&r.__c&&y.getSnapshotBeforeUpdate&&(C=y.getSnapshotBeforeUpdate(b,te)),se=f&&f.type===x&&f.key==null?f.props.children:f,w.__P&&(f=c,a=(t=w.__P).namespaceURI,l=o=null,r.props&&r.props.__P!=t&&(r.__k.some(function(e){e&&pe(e,e)}),r.__k=null),c=r.__k?ee(r,0):null),c=ne(t,h(se)?se:[se],n,r,i,a,o,s,c,l,u),w.__P&&(n.__e=null,c=f),n.__u&=-161,m&&m.some(v),y.__h.length&&s.push(y),1&y.__g&&(y.__g&=-4)}catch(t){if(s.length=g,n.__v=null,l||o){if(t&&t.then){if(n.__u|=128|l,o){for(~(E=o.indexOf(c||void 0))||(E=o.length);(D=o[E-1])&&D.nodeType==8;)E--;for(;E<o.length;E++)if(D=o[E]){if(o[E]=null,ce){if(D==le)break}else{if(D.nodeType!=8)break;D.data.startsWith(`$s`)&&(le=ue(ce=D))}}}if(!ce){for(;c&&c.nodeType==8&&c.nextSibling;)c=c.nextSibling;ce=c}(f=ue(ce=n.__c.__z||(n.__c.__z=ce)))?(n.__e=ce,c=f):n.__e=c,c&&=c.nextSibling}else o&&o.some(v)}else n.__e=r.__e;n.__k||=r.__k||[],t&&t.then||de(n),e.__e(t,n,r)}}else c=n.__e=fe(r.__e,n,r,i,a,o,s,l,u,t);return(f=e.diffed)&&f(n),c}function ue(e,t){if(e&&e.nodeType==8&&e.data.startsWith(`$s`))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith(`$s`))n++;else if(e.data.startsWith(`/$s`)&&!--n)return e}t&&t.push(e)}}function de(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(de))}function E(t,n,r){for(var i=0;i<r.length;)D(r[i++],r[i++],r[i++]);e.__c&&e.__c(n,t),t.some(function(n){try{t=n.__h,n.__h=[],t.some(function(e){e.call(n)})}catch(t){e.__e(t,n.__v)}})}function fe(t,n,r,i,a,o,s,c,l,u){var d,p,_,y,b,x,S,te,C=r.props||f,w=n.props,T=n.type;if(T==`svg`?a=`http://www.w3.org/2000/svg`:T==`math`?a=`http://www.w3.org/1998/Math/MathML`:a||=`http://www.w3.org/1999/xhtml`,o){for(d=0;d<o.length;d++)if((b=o[d])&&(T?b.localName==T:b.nodeType==3)){t=b,o[d]=null;break}}if(!t){if(te=u.ownerDocument||document,!T)return te.createTextNode(w);t=te.createElementNS(a,T,w.is?w:u),c&&=(e.__m&&e.__m(n,o),!1),o=null}if(T){if(u=T==`template`&&t.content||t,o=T==`textarea`&&w.defaultValue!=null?null:o&&g.call(u.childNodes),!c&&o)for(C={},d=0;d<t.attributes.length;d++)C[(b=t.attributes[d]).name]=b.value;for(d in C)b=C[d],d==`dangerouslySetInnerHTML`?_=b:d==`children`||d in w||d==`value`&&`defaultValue`in w||d==`checked`&&`defaultChecked`in w||se(t,d,null,b,a);for(d in w)b=w[d],d==`children`?y=b:d==`dangerouslySetInnerHTML`?p=b:d==`value`?x=b:d==`checked`?S=b:c&&typeof b!=`function`||C[d]===b||se(t,d,b,C[d],a);p?(c||_&&(p.__html==_.__html||p.__html==t.innerHTML)||(t.innerHTML=p.__html),n.__k=[]):(_&&(t.textContent=``),(T==`foreignObject`||a==`http://www.w3.org/1998/Math/MathML`&&m.test(T))&&(a=`http://www.w3.org/1999/xhtml`),ne(u,h(y)?y:[y],n,r,i,a,o,s,o?o[0]:r.__k&&ee(r,0),c,l),o&&o.some(v)),c&&T!=`textarea`||(d=`value`,T==`progress`&&x==null?t.removeAttribute(d):x==null||x===t[d]&&(T!=`progress`||x)||se(t,d,x,C[d],a),d=`checked`,S!=null&&S!=t[d]&&se(t,d,S,C[d],a))}else C===w||c&&t.data==w||(t.data=w);return t}function D(t,n,r,i){try{typeof t==`function`?n?n.__x=t(n)||1:(i&&=i.__c||i.__e)&&(n=i.__x)&&(i.__x=null,typeof n==`function`?n():t(null)):t.current=n}catch(t){e.__e(t,r)}}function pe(t,n,r){var i,a,o,s;if(e.unmount&&e.unmount(t),!(i=t.ref)||i.current&&i.current!=t.__e||D(i,null,n,t),i=t.__c){if(i.componentWillUnmount)try{i.componentWillUnmount()}catch(t){e.__e(t,n)}i.__P=i.__n=null}if(i=t.__k)for(s=0;s<i.length;s++)i[s]&&pe(i[s],n,typeof t.type!=`function`||r&&!t.props.__P);!r&&(i=t.__c)&&(i=i.__z)&&(a=ue(i,o=[]))&&(i==t.__e&&o.some(v),v(a),v(i)),r||v(t.__e),t.__e=t.__c=t.__=null}function me(e,t,n){return this.constructor(e,n)}function he(t,n){var r,i,a,o;e.__&&e.__(t,n),n.nodeType==9&&(n=n.documentElement),i=(r=t&&32&t.__u)?null:n.__k,n.__k=b(x,{children:[t]}),a=[],o=[],le(n,n.__k,i||f,f,n.namespaceURI,i?null:n.firstChild?g.call(n.childNodes):null,a,i?i.__e:n.firstChild,r,o),E(a,n.__k,o),n.__k.props.children=null}e={__e:function(e,t,n,r){for(var i,o,s;t=t.__;)if((i=t.__c)&&!(1&i.__g)){i.__g|=4;try{if((s=(o=i.constructor)&&o.getDerivedStateFromError)&&i.setState(o.getDerivedStateFromError(e)),i.componentDidCatch&&(i.componentDidCatch(e,r||{}),s=1),s&&8&i.__g)return void(i.__g|=2)}catch(t){e=t}}throw a=0,e}},t=0,n=function(e){return e!=null&&e.constructor===d},S.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=_({},this.state)),typeof e==`function`&&(e=e(_({},n),this.props)),e&&(_(n,e),this.__v&&(t&&this.__k.push(t),w(this)))},S.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),w(this))},S.prototype.render=x,r=[],a=0,o=function(e,t){return e.__v.__b-t.__v.__b},s=Symbol(),c=/(PointerCapture)$|Capture$/i,l=0,u={};function ge(e){let t=!1,n=[];for(let r=0;r<e.length;r++){let i=e.charAt(r);switch(i){case`_`:t=!0;break;case`0`:case`1`:case`2`:case`3`:case`4`:case`5`:case`6`:case`7`:case`8`:case`9`:n.push(i),t=!1;break;default:t&&(t=!1,i=i.toUpperCase()),n.push(i)}}return n.join(``)}var _e=new Set([`constructor`,`toString`,`toJSON`,`valueOf`]);function ve(e){return _e.has(e)?e+`$`:e}function ye(){let e=this.buf,t=this.pos,n=0,r=0;for(let i=0;i<28;i+=7){let a=e[t++];if(n|=(a&127)<<i,!(a&128)){this.pos=t,this.assertBounds(),this.varint64Lo=n,this.varint64Hi=r;return}}let i=e[t++];if(n|=(i&15)<<28,r=(i&112)>>4,!(i&128))this.pos=t,this.assertBounds(),this.varint64Lo=n,this.varint64Hi=r;else{for(let i=3;i<=31;i+=7){let a=e[t++];if(r|=(a&127)<<i,!(a&128)){this.pos=t,this.assertBounds(),this.varint64Lo=n,this.varint64Hi=r;return}}throw Error(`invalid varint`)}}var be=4294967296;function xe(e){let t=e[0]===`-`;t&&(e=e.slice(1));let n=1e6,r=0,i=0;function a(t,a){let o=Number(e.slice(t,a));i*=n,r=r*n+o,r>=be&&(i+=r/be|0,r%=be)}return a(-24,-18),a(-18,-12),a(-12,-6),a(-6),t?Ee(r,i):Te(r,i)}function Se(e,t){let n=Te(e,t),r=n.hi&2147483648;r&&(n=Ee(n.lo,n.hi));let i=Ce(n.lo,n.hi);return r?`-`+i:i}function Ce(e,t){if({lo:e,hi:t}=we(e,t),t<=2097151)return String(be*t+e);let n=e&16777215,r=(e>>>24|t<<8)&16777215,i=t>>16&65535,a=n+r*6777216+i*6710656,o=r+i*8147497,s=i*2,c=1e7;return a>=c&&(o+=Math.floor(a/c),a%=c),o>=c&&(s+=Math.floor(o/c),o%=c),s.toString()+De(o)+De(a)}function we(e,t){return{lo:e>>>0,hi:t>>>0}}function Te(e,t){return{lo:e|0,hi:t|0}}function Ee(e,t){return t=~t,e?e=~e+1:t+=1,Te(e,t)}var De=e=>{let t=String(e);return`0000000`.slice(t.length)+t};function Oe(e,t){if(e>>>0<128)t.push(e);else if(e>=0){for(;e>127;)t.push(e&127|128),e>>>=7;t.push(e)}else{for(let n=0;n<9;n++)t.push(e&127|128),e>>=7;t.push(1)}}function ke(){let e=this.buf[this.pos++];if(!(e&128))return this.assertBounds(),e;let t=e&127;if(e=this.buf[this.pos++],t|=(e&127)<<7,!(e&128)||(e=this.buf[this.pos++],t|=(e&127)<<14,!(e&128))||(e=this.buf[this.pos++],t|=(e&127)<<21,!(e&128)))return this.assertBounds(),t;e=this.buf[this.pos++],t|=(e&15)<<28;for(let t=5;e&128&&t<10;t++)e=this.buf[this.pos++];if(e&128)throw Error(`invalid varint`);return this.assertBounds(),t>>>0}var O=Ae();function Ae(){let e=new DataView(new ArrayBuffer(8));if(typeof BigInt==`function`&&typeof e.getBigInt64==`function`&&typeof e.getBigUint64==`function`&&typeof e.setBigInt64==`function`&&typeof e.setBigUint64==`function`&&(globalThis.Deno||globalThis.Bun||typeof process!=`object`||{}.BUF_BIGINT_DISABLE!==`1`)){let t=BigInt(`-9223372036854775808`),n=BigInt(`9223372036854775807`),r=BigInt(`0`),i=BigInt(`18446744073709551615`);return{zero:BigInt(0),supported:!0,parse(e){let r=typeof e==`bigint`?e:BigInt(e);if(r>n||r<t)throw Error(`invalid int64: ${e}`);return r},uParse(e){let t=typeof e==`bigint`?e:BigInt(e);if(t>i||t<r)throw Error(`invalid uint64: ${e}`);return t},enc(t){return e.setBigInt64(0,this.parse(t),!0),{lo:e.getInt32(0,!0),hi:e.getInt32(4,!0)}},uEnc(t){return e.setBigInt64(0,this.uParse(t),!0),{lo:e.getInt32(0,!0),hi:e.getInt32(4,!0)}},dec(t,n){return e.setInt32(0,t,!0),e.setInt32(4,n,!0),e.getBigInt64(0,!0)},uDec(t,n){return e.setInt32(0,t,!0),e.setInt32(4,n,!0),e.getBigUint64(0,!0)}}}return{zero:`0`,supported:!1,parse(e){return typeof e!=`string`&&(e=e.toString()),je(e),e},uParse(e){return typeof e!=`string`&&(e=e.toString()),Me(e),e},enc(e){return typeof e!=`string`&&(e=e.toString()),je(e),xe(e)},uEnc(e){return typeof e!=`string`&&(e=e.toString()),Me(e),xe(e)},dec(e,t){return Se(e,t)},uDec(e,t){return Ce(e,t)}}}function je(e){if(!/^-?[0-9]+$/.test(e))throw Error(`invalid int64: `+e)}function Me(e){if(!/^[0-9]+$/.test(e))throw Error(`invalid uint64: `+e)}var k;(function(e){e[e.DOUBLE=1]=`DOUBLE`,e[e.FLOAT=2]=`FLOAT`,e[e.INT64=3]=`INT64`,e[e.UINT64=4]=`UINT64`,e[e.INT32=5]=`INT32`,e[e.FIXED64=6]=`FIXED64`,e[e.FIXED32=7]=`FIXED32`,e[e.BOOL=8]=`BOOL`,e[e.STRING=9]=`STRING`,e[e.BYTES=12]=`BYTES`,e[e.UINT32=13]=`UINT32`,e[e.SFIXED32=15]=`SFIXED32`,e[e.SFIXED64=16]=`SFIXED64`,e[e.SINT32=17]=`SINT32`,e[e.SINT64=18]=`SINT64`})(k||={});function Ne(e,t){switch(e){case k.STRING:return``;case k.BOOL:return!1;case k.DOUBLE:case k.FLOAT:return 0;case k.INT64:case k.UINT64:case k.SFIXED64:case k.FIXED64:case k.SINT64:return t?`0`:O.zero;case k.BYTES:return new Uint8Array;default:return 0}}function Pe(e,t){return Object.prototype.hasOwnProperty.call(e,t)&&e[t]!==void 0}function Fe(e,t,n){t===`__proto__`?Object.defineProperty(e,"__proto__",{value:n,writable:!0,enumerable:!0,configurable:!0}):e[t]=n}function Ie(e){for(let t of e.field)Pe(t,`jsonName`)||(t.jsonName=ge(t.name));e.nestedType.forEach(Ie)}function Le(e,t){let n=e.values.find(e=>e.name===t);if(!n)throw Error(`cannot parse ${e} default value: ${t}`);return n.number}function Re(e,t){switch(e){case k.STRING:return t;case k.BYTES:{let n=ze(t);if(n===!1)throw Error(`cannot parse ${k[e]} default value: ${t}`);return n}case k.INT64:case k.SFIXED64:case k.SINT64:return O.parse(t);case k.UINT64:case k.FIXED64:return O.uParse(t);case k.DOUBLE:case k.FLOAT:switch(t){case`inf`:return 1/0;case`-inf`:return-1/0;case`nan`:return NaN;default:return parseFloat(t)}case k.BOOL:return t===`true`;case k.INT32:case k.UINT32:case k.SINT32:case k.FIXED32:case k.SFIXED32:return parseInt(t,10)}}function ze(e){let t=[],n={tail:e,c:``,next(){return this.tail.length!=0&&(this.c=this.tail[0],this.tail=this.tail.substring(1),!0)},take(e){if(this.tail.length>=e){let t=this.tail.substring(0,e);return this.tail=this.tail.substring(e),t}return!1}};for(;n.next();)switch(n.c){case`\\`:if(n.next())switch(n.c){case`\\`:t.push(n.c.charCodeAt(0));break;case`b`:t.push(8);break;case`f`:t.push(12);break;case`n`:t.push(10);break;case`r`:t.push(13);break;case`t`:t.push(9);break;case`v`:t.push(11);break;case`0`:case`1`:case`2`:case`3`:case`4`:case`5`:case`6`:case`7`:{let e=n.c,r=n.take(2);if(r===!1)return!1;let i=parseInt(e+r,8);if(Number.isNaN(i))return!1;t.push(i);break}case`x`:{let e=n.c,r=n.take(2);if(r===!1)return!1;let i=parseInt(e+r,16);if(Number.isNaN(i))return!1;t.push(i);break}case`u`:{let e=n.c,r=n.take(4);if(r===!1)return!1;let i=parseInt(e+r,16);if(Number.isNaN(i))return!1;let a=new Uint8Array(4);new DataView(a.buffer).setInt32(0,i,!0),t.push(a[0],a[1],a[2],a[3]);break}case`U`:{let e=n.c,r=n.take(8);if(r===!1)return!1;let i=O.uEnc(e+r),a=new Uint8Array(8),o=new DataView(a.buffer);o.setInt32(0,i.lo,!0),o.setInt32(4,i.hi,!0),t.push(a[0],a[1],a[2],a[3],a[4],a[5],a[6],a[7]);break}}break;default:t.push(n.c.charCodeAt(0))}return new Uint8Array(t)}function*Be(e){switch(e.kind){case`file`:for(let t of e.messages)yield t,yield*Be(t);yield*e.enums,yield*e.services,yield*e.extensions;break;case`message`:for(let t of e.nestedMessages)yield t,yield*Be(t);yield*e.nestedEnums,yield*e.nestedExtensions}}var Ve;function He(e){Ve=Object.assign(Object.assign({},e),{encodeUtf8Into:e.encodeUtf8Into??We(e.encodeUtf8.bind(e))})}function Ue(){if(!Ve){let e=globalThis;if(!e.TextEncoder||!e.TextDecoder)throw Error(`encoding API missing: install TextEncoder and TextDecoder on globalThis`);let t=new e.TextEncoder,n=new e.TextDecoder(`utf-8`,{ignoreBOM:!0}),r,i={encodeUtf8(e){return t.encode(e)},decodeUtf8(t,i){return i?(r||=new e.TextDecoder(`utf-8`,{fatal:!0,ignoreBOM:!0}),r.decode(t)):n.decode(t)},checkUtf8(e){try{return!0}catch{return!1}}};t.encodeInto&&(i.encodeUtf8Into=t.encodeInto.bind(t));let a=String.prototype.isWellFormed;a&&(i.checkUtf8=e=>a.call(e)),He(i)}return Ve}function We(e){return(t,n)=>{let r=e(t);return n.set(r),{written:r.byteLength}}}var A;(function(e){e[e.Varint=0]=`Varint`,e[e.Bit64=1]=`Bit64`,e[e.LengthDelimited=2]=`LengthDelimited`,e[e.StartGroup=3]=`StartGroup`,e[e.EndGroup=4]=`EndGroup`,e[e.Bit32=5]=`Bit32`})(A||={});var Ge=class{constructor(e){this.stackPos=[],this.encodeUtf8Into=e?We(e):Ue().encodeUtf8Into,this.buffer=Je,this.viewCache=Ye,this.pos=0}ensureCapacity(e){let t=this.pos+e;if(t>this.buffer.length){let e=this.buffer.length||Ke;for(;e<t;)e*=2;let n=new Uint8Array(e);this.pos>0&&n.set(this.buffer),this.buffer=n}}view(){let e=this.buffer,t=this.viewCache;if(t.byteLength===e.byteLength)return t;let n=new DataView(e.buffer);return this.viewCache=n,n}finish(){let e=this.buffer.slice(0,this.pos);return this.pos=0,this.stackPos=[],e}fork(){return this.stackPos.push(this.pos),this.ensureCapacity(qe),this.buffer[this.pos++]=0,this}join(){let e=this.stackPos.pop();if(e===void 0)throw Error(`invalid state, fork stack empty`);let t=this.pos-e-qe,n=Ze(t);return n>qe&&(this.ensureCapacity(n-qe),this.buffer.copyWithin(e+n,e+qe,this.pos)),this.pos=e,this.uint32(t),this.pos+=t,this}tag(e,t){return this.uint32((e<<3|t)>>>0)}raw(e){return this.ensureCapacity(e.length),this.buffer.set(e,this.pos),this.pos+=e.length,this}uint32(e){if(et(e),this.ensureCapacity(5),e<128)return this.buffer[this.pos++]=e,this;for(;e>127;)this.buffer[this.pos++]=e&127|128,e>>>=7;return this.buffer[this.pos++]=e,this}int32(e){if($e(e),e>=0)return this.uint32(e);this.ensureCapacity(10);for(let t=0;t<9;t++)this.buffer[this.pos++]=e&127|128,e>>=7;return this.buffer[this.pos++]=1,this}bool(e){return this.ensureCapacity(1),this.buffer[this.pos++]=+!!e,this}bytes(e){return this.uint32(e.byteLength),this.raw(e)}string(e){typeof e!=`string`&&(e=String(e));let t=e.length;if(t<=Xe){this.ensureCapacity(t+1);let n=this.buffer,r=this.pos;n[r++]=t;let i=0;for(;i<t;i++){let t=e.charCodeAt(i);if(t>127)break;n[r++]=t}if(i==t)return this.pos=r,this}this.ensureCapacity(t*3+5);let n=Ze(t),r=this.buffer,i=this.pos,{written:a}=this.encodeUtf8Into(e,r.subarray(i+n)),o=Ze(a);return o!=n&&r.copyWithin(i+o,i+n,i+n+a),this.uint32(a),this.pos+=a,this}float(e){return tt(e),this.ensureCapacity(4),this.view().setFloat32(this.pos,e,!0),this.pos+=4,this}double(e){return this.ensureCapacity(8),this.view().setFloat64(this.pos,e,!0),this.pos+=8,this}fixed32(e){return et(e),this.ensureCapacity(4),this.view().setUint32(this.pos,e,!0),this.pos+=4,this}sfixed32(e){return $e(e),this.ensureCapacity(4),this.view().setInt32(this.pos,e,!0),this.pos+=4,this}sint32(e){return $e(e),this.uint32((e<<1^e>>31)>>>0)}sfixed64(e){let t=O.enc(e);this.ensureCapacity(8);let n=this.view();return n.setInt32(this.pos,t.lo,!0),n.setInt32(this.pos+4,t.hi,!0),this.pos+=8,this}fixed64(e){let t=O.uEnc(e);this.ensureCapacity(8);let n=this.view();return n.setInt32(this.pos,t.lo,!0),n.setInt32(this.pos+4,t.hi,!0),this.pos+=8,this}int64(e){let t=O.enc(e);return this.writeVarint64(t.lo,t.hi)}sint64(e){let t=O.enc(e),n=t.hi>>31,r=t.lo<<1^n,i=(t.hi<<1|t.lo>>>31)^n;return this.writeVarint64(r,i)}uint64(e){let t=O.uEnc(e);return this.writeVarint64(t.lo,t.hi)}writeVarint64(e,t){this.ensureCapacity(10);let n=this.buffer,r=this.pos;for(let i=0;i<28;i+=7){let a=e>>>i,o=!(!(a>>>7)&&t==0);if(n[r++]=(o?a|128:a)&255,!o)return this.pos=r,this}let i=e>>>28&15|(t&7)<<4,a=!!(t>>3);if(n[r++]=(a?i|128:i)&255,!a)return this.pos=r,this;for(let e=3;e<31;e+=7){let i=t>>>e,a=!!(i>>>7);if(n[r++]=(a?i|128:i)&255,!a)return this.pos=r,this}return n[r++]=t>>>31&1,this.pos=r,this}},Ke=128,qe=1,Je=new Uint8Array,Ye=new DataView(Je.buffer),Xe=32;function Ze(e){return e<128?1:e<16384?2:e<2097152?3:e<268435456?4:5}var Qe=class{constructor(e,t=Ue().decodeUtf8){this.decodeUtf8=t,this.varint64Lo=0,this.varint64Hi=0,this.varint64=ye,this.uint32=ke,this.buf=e,this.len=e.length,this.pos=0,this.view=new DataView(e.buffer,e.byteOffset,e.byteLength)}tag(){let e=this.pos,t=this.uint32(),n=this.pos-e;if(n>5||n==5&&this.buf[this.pos-1]>15)throw Error(`illegal tag: varint overflows uint32`);let r=t>>>3,i=t&7;if(r<=0||i>5)throw Error(`illegal tag: field no `+r+` wire type `+i);return[r,i]}skip(e,t,n=100){let r=this.pos;switch(e){case A.Varint:for(;this.buf[this.pos++]&128;);break;case A.Bit64:this.pos+=4;case A.Bit32:this.pos+=4;break;case A.LengthDelimited:let r=this.uint32();this.pos+=r;break;case A.StartGroup:if(n<=0)throw Error(`maximum recursion depth reached`);for(;;){let[e,r]=this.tag();if(r===A.EndGroup){if(t!==void 0&&e!==t)throw Error(`invalid end group tag`);break}this.skip(r,e,n-1)}break;default:throw Error(`cant skip wire type `+e)}return this.assertBounds(),this.buf.subarray(r,this.pos)}assertBounds(){if(this.pos>this.len)throw RangeError(`premature EOF`)}int32(){return this.uint32()|0}sint32(){let e=this.uint32();return e>>>1^-(e&1)}int64(){return this.varint64(),O.dec(this.varint64Lo,this.varint64Hi)}uint64(){return this.varint64(),O.uDec(this.varint64Lo,this.varint64Hi)}sint64(){this.varint64();let e=this.varint64Lo,t=this.varint64Hi,n=-(e&1);return e=(e>>>1|(t&1)<<31)^n,t=t>>>1^n,O.dec(e,t)}bool(){let e=this.buf[this.pos];return e<128?(this.pos++,e!==0):(this.varint64(),this.varint64Lo!==0||this.varint64Hi!==0)}fixed32(){return this.view.getUint32((this.pos+=4)-4,!0)}sfixed32(){return this.view.getInt32((this.pos+=4)-4,!0)}fixed64(){return O.uDec(this.sfixed32(),this.sfixed32())}sfixed64(){return O.dec(this.sfixed32(),this.sfixed32())}float(){return this.view.getFloat32((this.pos+=4)-4,!0)}double(){return this.view.getFloat64((this.pos+=8)-8,!0)}bytes(){let e=this.uint32(),t=this.pos;return this.pos+=e,this.assertBounds(),this.buf.subarray(t,t+e)}string(e){let t=this.uint32(),n=this.pos;this.pos+=t,this.assertBounds();let r=this.buf;if(t<=Xe){let i=Array(t);for(let a=0;a<t;a++){let t=r[n+a];if(t>127)return this.decodeUtf8(r.subarray(n,this.pos),e);i[a]=t}return String.fromCharCode.apply(String,i)}return this.decodeUtf8(r.subarray(n,this.pos),e)}};function $e(e){if(typeof e==`string`)e=Number(e);else if(typeof e!=`number`)throw Error(`invalid int32: `+typeof e);if(!Number.isInteger(e)||e>2147483647||e<-2147483648)throw Error(`invalid int32: `+e)}function et(e){if(typeof e==`string`)e=Number(e);else if(typeof e!=`number`)throw Error(`invalid uint32: `+typeof e);if(!Number.isInteger(e)||e>4294967295||e<0)throw Error(`invalid uint32: `+e)}function tt(e){if(typeof e==`string`){let t=e;if(e=Number(e),Number.isNaN(e)&&t!==`NaN`)throw Error(`invalid float32: `+t)}else if(typeof e!=`number`)throw Error(`invalid float32: `+typeof e);if(!Number.isFinite(Math.fround(e))&&Number.isFinite(e))throw Error(`invalid float32: `+e)}function nt(e,t){return rt([e,t])}function rt(e,t){let n=it();if(!e.length)return n;if(`$typeName`in e[0]&&e[0].$typeName==`google.protobuf.FileDescriptorSet`){for(let r of e[0].file)t?.(r),Et(r,n);return n}if(`$typeName`in e[0]){let r=e[0],i=e[1],a=new Set;function o(e){let t=[];for(let r of e.dependency){if(n.getFile(r)!=null||a.has(r))continue;let o=i(r);if(!o)throw Error(`Unable to resolve ${r}, imported by ${e.name}`);`kind`in o?n.addFile(o,!1,!0):(a.add(o.name),t.push(o))}return t.concat(...t.map(o))}for(let e of[r,...o(r)].reverse())t?.(e),Et(e,n)}else for(let t of e)for(let e of t.files)n.addFile(e);return n}function it(){let e=new Map,t=new Map,n=new Map;return{kind:`registry`,types:e,extendees:t,[Symbol.iterator](){return e.values()},get files(){return n.values()},addFile(e,t,r){if(n.set(e.proto.name,e),!t)for(let t of Be(e))this.add(t);if(r)for(let n of e.dependencies)this.addFile(n,t,r)},add(n){if(n.kind==`extension`){let e=t.get(n.extendee.typeName);e||t.set(n.extendee.typeName,e=new Map),e.set(n.number,n)}e.set(n.typeName,n)},get(t){return e.get(t)},getFile(e){return n.get(e)},getMessage(t){let n=e.get(t);return n?.kind==`message`?n:void 0},getEnum(t){let n=e.get(t);return n?.kind==`enum`?n:void 0},getExtension(t){let n=e.get(t);return n?.kind==`extension`?n:void 0},getExtensionFor(e,n){return t.get(e.typeName)?.get(n)},getService(t){let n=e.get(t);return n?.kind==`service`?n:void 0}}}var at=998,ot=999,st=9999,ct=9,lt=10,ut=11,dt=12,ft=14,pt=3,mt=2,ht=1,gt=0,_t=1,vt=2,yt=3,bt=1,xt=2,St=1,Ct=2,wt=1002,Tt={998:{fieldPresence:1,enumType:2,repeatedFieldEncoding:2,utf8Validation:3,messageEncoding:1,jsonFormat:2,enforceNamingStyle:2,defaultSymbolVisibility:1,enforceProtoLimits:1},999:{fieldPresence:2,enumType:1,repeatedFieldEncoding:1,utf8Validation:2,messageEncoding:1,jsonFormat:1,enforceNamingStyle:2,defaultSymbolVisibility:1,enforceProtoLimits:1},1e3:{fieldPresence:1,enumType:1,repeatedFieldEncoding:1,utf8Validation:2,messageEncoding:1,jsonFormat:1,enforceNamingStyle:2,defaultSymbolVisibility:1,enforceProtoLimits:1},1001:{fieldPresence:1,enumType:1,repeatedFieldEncoding:1,utf8Validation:2,messageEncoding:1,jsonFormat:1,enforceNamingStyle:1,defaultSymbolVisibility:2,enforceProtoLimits:1},1002:{fieldPresence:1,enumType:1,repeatedFieldEncoding:1,utf8Validation:2,messageEncoding:1,jsonFormat:1,enforceNamingStyle:3,defaultSymbolVisibility:4,enforceProtoLimits:2}};function Et(e,t){let n={kind:`file`,proto:e,deprecated:e.options?.deprecated??!1,edition:Ft(e),name:e.name.replace(/\.proto$/,``),dependencies:It(e,t),enums:[],messages:[],extensions:[],services:[],toString(){return`file ${e.name}`}},r=new Map,i={get(e){return r.get(e)},add(e){j(e.proto.options?.mapEntry===!0),r.set(e.typeName,e)}};for(let r of e.enumType)kt(r,n,void 0,t);for(let r of e.messageType)At(r,n,void 0,t,i);for(let r of e.service)jt(r,n,t);Dt(n,t);for(let e of r.values())Ot(e,t,i);for(let e of n.messages)Ot(e,t,i),Dt(e,t);t.addFile(n,!0)}function Dt(e,t){switch(e.kind){case`file`:for(let n of e.proto.extension){let r=Pt(n,e,t);e.extensions.push(r),t.add(r)}break;case`message`:for(let n of e.proto.extension){let r=Pt(n,e,t);e.nestedExtensions.push(r),t.add(r)}for(let n of e.nestedMessages)Dt(n,t)}}function Ot(e,t,n){let r=e.proto.oneofDecl.map(t=>Nt(t,e)),i=new Set;for(let a of e.proto.field){let o=Ht(a,r),s=Pt(a,e,t,o,n);e.fields.push(s),e.field[s.localName]=s,o===void 0?e.members.push(s):(o.fields.push(s),i.has(o)||(i.add(o),e.members.push(o)))}for(let t of r.filter(e=>i.has(e)))e.oneofs.push(t);for(let r of e.nestedMessages)Ot(r,t,n)}function kt(e,t,n,r){var i,a;let o=Lt(e.name,e.value),s={kind:`enum`,proto:e,deprecated:e.options?.deprecated??!1,file:t,parent:n,open:!0,name:e.name,typeName:Bt(e,n,t),value:{},values:[],sharedPrefix:o,toString(){return`enum ${this.typeName}`}};s.open=Kt(s),r.add(s);for(let t of e.value){let e=t.name,n={kind:`enum_value`,proto:t,deprecated:t.options?.deprecated??!1,parent:s,name:e,localName:ve(o==null?e:e.substring(o.length)),number:t.number,jsonName:Rt(t)??e,toString(){return`enum value ${s.typeName}.${e}`}};s.values.push(n),(i=s.value)[a=t.number]??(i[a]=n)}(n?.nestedEnums??t.enums).push(s)}function At(e,t,n,r,i){let a={kind:`message`,proto:e,deprecated:e.options?.deprecated??!1,file:t,parent:n,name:e.name,typeName:Bt(e,n,t),fields:[],field:{},oneofs:[],members:[],nestedEnums:[],nestedMessages:[],nestedExtensions:[],toString(){return`message ${this.typeName}`}};e.options?.mapEntry===!0?i.add(a):((n?.nestedMessages??t.messages).push(a),r.add(a));for(let n of e.enumType)kt(n,t,a,r);for(let n of e.nestedType)At(n,t,a,r,i)}function jt(e,t,n){let r={kind:`service`,proto:e,deprecated:e.options?.deprecated??!1,file:t,name:e.name,typeName:Bt(e,void 0,t),methods:[],method:{},toString(){return`service ${this.typeName}`}};t.services.push(r),n.add(r);for(let t of e.method){let e=Mt(t,r,n);r.methods.push(e),r.method[e.localName]=e}}function Mt(e,t,n){let r;r=e.clientStreaming&&e.serverStreaming?`bidi_streaming`:e.clientStreaming?`client_streaming`:e.serverStreaming?`server_streaming`:`unary`;let i=n.getMessage(Vt(e.inputType)),a=n.getMessage(Vt(e.outputType));j(i,`invalid MethodDescriptorProto: input_type ${e.inputType} not found`),j(a,`invalid MethodDescriptorProto: output_type ${e.inputType} not found`);let o=e.name;return{kind:`rpc`,proto:e,deprecated:e.options?.deprecated??!1,parent:t,name:o,localName:ve(o.length?ve(o[0].toLowerCase()+o.substring(1)):o),methodKind:r,input:i,output:a,idempotency:e.options?.idempotencyLevel??gt,toString(){return`rpc ${t.typeName}.${o}`}}}function Nt(e,t){return{kind:`oneof`,proto:e,deprecated:!1,parent:t,fields:[],name:e.name,localName:ve(ge(e.name)),toString(){return`oneof ${t.typeName}.${this.name}`}}}function Pt(e,t,n,r,i){let a=i===void 0,o={kind:`field`,proto:e,deprecated:e.options?.deprecated??!1,name:e.name,number:e.number,scalar:void 0,message:void 0,enum:void 0,presence:Ut(e,r,a,t),utf8Validation:Jt(e,t),listKind:void 0,mapKind:void 0,mapKey:void 0,delimitedEncoding:void 0,packed:void 0,longAsString:!1,getDefaultValue:void 0},s;if(a){let r=t.kind==`file`?t:t.file,i=t.kind==`file`?void 0:t,a=Bt(e,i,r);o.kind=`extension`,o.file=r,o.parent=i,o.oneof=void 0,o.typeName=a,o.jsonName=`[${a}]`,s=()=>`extension ${a}`;let c=n.getMessage(Vt(e.extendee));j(c,`invalid FieldDescriptorProto: extendee ${e.extendee} not found`),o.extendee=c}else{let n=t;j(n.kind==`message`),o.parent=n,o.oneof=r,o.localName=r?ge(e.name):ve(ge(e.name)),o.jsonName=e.jsonName,s=()=>`field ${n.typeName}.${e.name}`}Object.defineProperty(o,"toString",{value:s,writable:!0,enumerable:!0,configurable:!0});let c=e.label,l=e.type,u=e.options?.jstype;if(c===pt){let r=l==ut?i?.get(Vt(e.typeName)):void 0;if(r){o.fieldKind=`map`;let{key:e,value:t}=Gt(r);return o.mapKey=e.scalar,o.mapKind=t.fieldKind,o.message=t.message,o.delimitedEncoding=!1,o.enum=t.enum,o.scalar=t.scalar,o}switch(o.fieldKind=`list`,l){case ut:case lt:o.listKind=`message`,o.message=n.getMessage(Vt(e.typeName)),j(o.message),o.delimitedEncoding=qt(e,t);break;case ft:o.listKind=`enum`,o.enum=n.getEnum(Vt(e.typeName)),j(o.enum);break;default:o.listKind=`scalar`,o.scalar=l,o.longAsString=u==ht}return o.packed=Wt(e,t),o}switch(l){case ut:case lt:o.fieldKind=`message`,o.message=n.getMessage(Vt(e.typeName)),j(o.message,`invalid FieldDescriptorProto: type_name ${e.typeName} not found`),o.delimitedEncoding=qt(e,t),o.getDefaultValue=()=>void 0;break;case ft:{let t=n.getEnum(Vt(e.typeName));j(t!==void 0,`invalid FieldDescriptorProto: type_name ${e.typeName} not found`),o.fieldKind=`enum`,o.enum=n.getEnum(Vt(e.typeName)),o.getDefaultValue=()=>Pe(e,`defaultValue`)?Le(t,e.defaultValue):void 0;break}default:o.fieldKind=`scalar`,o.scalar=l,o.longAsString=u==ht,o.getDefaultValue=()=>Pe(e,`defaultValue`)?Re(l,e.defaultValue):void 0}return o}function Ft(e){switch(e.syntax){case``:case`proto2`:return at;case`proto3`:return ot;case`editions`:if(e.edition===st)return wt;if(e.edition in Tt)return e.edition;throw Error(`${e.name}: unsupported edition`);default:throw Error(`${e.name}: unsupported syntax "${e.syntax}"`)}}function It(e,t){return e.dependency.map(n=>{let r=t.getFile(n);if(!r)throw Error(`Cannot find ${n}, imported by ${e.name}`);return r})}function Lt(e,t){let n=zt(e)+`_`;for(let e of t){if(!e.name.toLowerCase().startsWith(n))return;let t=e.name.substring(n.length);if(t.length==0||/^\d/.test(t))return}return n}function Rt(e){let t;for(let n of e.options?.$unknown??[]){if(n.no!==998||n.wireType!==A.LengthDelimited)continue;let e=new Qe(new Qe(n.data).bytes());for(;e.pos<e.len;){let[n,r]=e.tag();n===1&&r===A.LengthDelimited?t=e.string():e.skip(r,n)}}return t}function zt(e){return(e.substring(0,1)+e.substring(1).replace(/[A-Z]/g,e=>`_`+e)).toLowerCase()}function Bt(e,t,n){let r;return r=t?`${t.typeName}.${e.name}`:n.proto.package.length>0?`${n.proto.package}.${e.name}`:`${e.name}`,r}function Vt(e){return e.startsWith(`.`)?e.substring(1):e}function Ht(e,t){if(!Pe(e,`oneofIndex`)||e.proto3Optional)return;let n=t[e.oneofIndex];return j(n,`invalid FieldDescriptorProto: oneof #${e.oneofIndex} for field #${e.number} not found`),n}function Ut(e,t,n,r){if(e.label==mt)return yt;if(e.label==pt)return vt;if(t||e.proto3Optional||n)return _t;let i=Yt(`fieldPresence`,{proto:e,parent:r});return i==vt&&(e.type==ut||e.type==lt)?_t:i}function Wt(e,t){if(e.label!=pt)return!1;switch(e.type){case ct:case dt:case lt:case ut:return!1}let n=e.options;return n&&Pe(n,`packed`)?n.packed:bt==Yt(`repeatedFieldEncoding`,{proto:e,parent:t})}function Gt(e){let t=e.fields.find(e=>e.number===1),n=e.fields.find(e=>e.number===2);return j(t&&t.fieldKind==`scalar`&&t.scalar!=k.BYTES&&t.scalar!=k.FLOAT&&t.scalar!=k.DOUBLE&&n&&n.fieldKind!=`list`&&n.fieldKind!=`map`),{key:t,value:n}}function Kt(e){return St==Yt(`enumType`,{proto:e.proto,parent:e.parent??e.file})}function qt(e,t){return e.type==lt||xt==Yt(`messageEncoding`,{proto:e,parent:t})}function Jt(e,t){return Ct==Yt(`utf8Validation`,{proto:e,parent:t})}function Yt(e,t){let n=t.proto.options?.features;if(n){let t=n[e];if(t!=0)return t}if(`kind`in t){if(t.kind==`message`)return Yt(e,t.parent??t.file);let n=Tt[t.edition];if(!n)throw Error(`feature default for edition ${t.edition} not found`);return n[e]}return Yt(e,t.parent)}function j(e,t){if(!e)throw Error(t)}function Xt(e){let t=Zt(e);return t.messageType.forEach(Ie),nt(t,()=>void 0).getFile(t.name)}function Zt(e){return Object.assign(Object.create({syntax:``,edition:0}),Object.assign(Object.assign({$typeName:`google.protobuf.FileDescriptorProto`,dependency:[],publicDependency:[],weakDependency:[],optionDependency:[],service:[],extension:[]},e),{messageType:e.messageType.map(Qt),enumType:e.enumType.map(tn)}))}function Qt(e){return Object.assign(Object.create({visibility:0}),{$typeName:`google.protobuf.DescriptorProto`,name:e.name,field:e.field?.map($t)??[],extension:[],nestedType:e.nestedType?.map(Qt)??[],enumType:e.enumType?.map(tn)??[],extensionRange:e.extensionRange?.map(e=>Object.assign({$typeName:`google.protobuf.DescriptorProto.ExtensionRange`},e))??[],oneofDecl:[],reservedRange:[],reservedName:[]})}function $t(e){return Object.assign(Object.create({label:1,typeName:``,extendee:``,defaultValue:``,oneofIndex:0,jsonName:``,proto3Optional:!1}),Object.assign(Object.assign({$typeName:`google.protobuf.FieldDescriptorProto`},e),{options:e.options?en(e.options):void 0}))}function en(e){return Object.assign(Object.create({ctype:0,packed:!1,jstype:0,lazy:!1,unverifiedLazy:!1,deprecated:!1,weak:!1,debugRedact:!1,retention:0}),Object.assign(Object.assign({$typeName:`google.protobuf.FieldOptions`},e),{targets:e.targets??[],editionDefaults:e.editionDefaults?.map(e=>Object.assign({$typeName:`google.protobuf.FieldOptions.EditionDefault`},e))??[],uninterpretedOption:[]}))}function tn(e){return Object.assign(Object.create({visibility:0}),{$typeName:`google.protobuf.EnumDescriptorProto`,name:e.name,reservedName:[],reservedRange:[],value:e.value.map(e=>Object.assign({$typeName:`google.protobuf.EnumValueDescriptorProto`},e))})}var nn=Uint8Array.prototype.setFromBase64;function rn(e){let t=e.length,n=t-(t+3>>2);!(t&3)&&e[t-1]==`=`&&(n-=e[t-2]==`=`?2:1);let r=new Uint8Array(n),i=-1;if(nn)try{let n=nn.call(r,e);n.read==t&&(i=n.written)}catch{}return i<0&&(i=an(r,e)),i==n?r:r.subarray(0,i)}function an(e,t){let n=un(),r=0,i=0,a,o=0;for(let s=0;s<t.length;s++){if(a=n[t.charCodeAt(s)],a===void 0)switch(t[s]){case`=`:i=0;case`
`:case`\r`:case`	`:case` `:continue;default:throw Error(`invalid base64 string`)}switch(i){case 0:o=a,i=1;break;case 1:e[r++]=o<<2|(a&48)>>4,o=a,i=2;break;case 2:e[r++]=(o&15)<<4|(a&60)>>2,o=a,i=3;break;case 3:e[r++]=(o&3)<<6|a,i=0}}if(i==1)throw Error(`invalid base64 string`);return r}Uint8Array.prototype.toBase64;var on,sn,cn;function ln(e){return on||(on=`ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/`.split(``),sn=on.slice(0,-2).concat(`-`,`_`)),e==`url`?sn:on}function un(){if(!cn){cn=[];let e=ln(`std`);for(let t=0;t<e.length;t++)cn[e[t].charCodeAt(0)]=t;cn[45]=e.indexOf(`+`),cn[95]=e.indexOf(`/`)}return cn}var dn=class extends Error{constructor(e,t,n=`FieldValueInvalidError`){super(t),this.name=n,this.field=()=>e}};function fn(e,t){return typeof e==`object`&&e&&`$typeName`in e&&typeof e.$typeName==`string`?t===void 0||t.typeName===e.$typeName:!1}function pn(e){return typeof e==`object`&&!!e&&!Array.isArray(e)}function mn(e){let t=e.fields[0];return gn(e.typeName)&&t!==void 0&&t.fieldKind==`scalar`&&t.name==`value`&&t.number==1}var hn=new Set([`google.protobuf.DoubleValue`,`google.protobuf.FloatValue`,`google.protobuf.Int64Value`,`google.protobuf.UInt64Value`,`google.protobuf.Int32Value`,`google.protobuf.UInt32Value`,`google.protobuf.BoolValue`,`google.protobuf.StringValue`,`google.protobuf.BytesValue`]);function gn(e){return hn.has(e)}var _n=999,vn=998,yn=2;function bn(e,t){return fn(t,e)?t:Sn(e)(t)}var xn=new WeakMap;function Sn(e){let t=xn.get(e);return t===void 0&&(t=Dn(e),xn.set(e,t)),t}var Cn=0,wn=1,Tn=2,En=3;function Dn(e){let t=e.typeName,{properties:n,prototype:r}=On(e);return e=>{let i;r===void 0?i={$typeName:t}:(i=Object.create(r),i.$typeName=t);for(let t=0;t<n.length;t++){let r=n[t],a=r.name,o=e?.[a];switch(r.kind){case Cn:o==null?r.constant!==void 0&&(i[a]=r.constant):i[a]=r.convert===void 0?o:r.convert(o);break;case wn:i[a]=r.convert!==void 0&&Array.isArray(o)?o.map(r.convert):o??[];break;case Tn:if(r.convert===void 0||!pn(o))i[a]=o??{};else{let e={},t=Object.keys(o);for(let n=0;n<t.length;n++)Fe(e,t[n],r.convert(o[t[n]]));i[a]=e}break;case En:{let e=o;if(e?.case!=null){let t=r.convert.get(e.case);if(t!==void 0){i[a]={case:e.case,value:t(e.value)};break}}i[a]={case:void 0};break}}}return i}}function On(e){let t=[],n={},r=Mn(e);for(let i of e.members){let e=i.localName;if(i.kind==`oneof`)t.push({name:e,kind:En,constant:void 0,convert:kn(i)});else switch(i.fieldKind){case`message`:t.push({name:e,kind:Cn,constant:void 0,convert:An(i)});break;case`list`:t.push({name:e,kind:wn,constant:void 0,convert:i.listKind==`message`?An(i)??(e=>e):i.scalar==k.BYTES?jn:void 0});break;case`map`:t.push({name:e,kind:Tn,constant:void 0,convert:i.mapKind==`message`?An(i)??(e=>e):i.scalar==k.BYTES?jn:void 0});break;default:{let a=Nn(i);t.push({name:e,kind:Cn,constant:i.presence==yn?a:void 0,convert:i.fieldKind==`scalar`&&i.scalar==k.BYTES?jn:void 0}),r&&(n[e]=a);break}}}return{properties:t,prototype:r?n:void 0}}function kn(e){let t=new Map;for(let n of e.fields){let e;n.fieldKind==`message`?e=An(n):n.fieldKind==`scalar`&&n.scalar==k.BYTES&&(e=jn),t.set(n.localName,e??(e=>e))}return t}function An(e){if(e.fieldKind==`message`&&!e.oneof&&mn(e.message))return e.message.fields[0].scalar==k.BYTES?jn:void 0;if(e.message.typeName==`google.protobuf.Struct`&&e.parent.typeName!==`google.protobuf.Value`)return;let t=e.message,n;return e=>!pn(e)||fn(e,t)?e:(n??=Sn(t),n(e))}function jn(e){return Array.isArray(e)?new Uint8Array(e):e}function Mn(e){switch(e.file.edition){case _n:return!1;case vn:return!0;default:return e.fields.some(e=>e.presence!=yn&&e.fieldKind!=`message`&&!e.oneof)}}function Nn(e){let t=e.getDefaultValue();return t===void 0?e.fieldKind==`scalar`?Ne(e.scalar,e.longAsString):e.enum.values[0].number:e.fieldKind==`scalar`&&e.longAsString?t.toString():t}var Pn=0;function Fn(e){if(In(e))return{toMessage:e=>Ln(e),toLocal:e=>Rn(e)};if(e.fieldKind==`message`&&!e.oneof&&mn(e.message)){let t=e.message,n=t.fields[0].localName;return{toMessage:e=>{let r=bn(t);return e!==void 0&&(r[n]=e),r},toLocal:e=>e[n]}}let t=e.message;return{toMessage:e=>e===void 0?bn(t):e,toLocal:e=>e}}function In(e){return e.message.typeName==`google.protobuf.Struct`&&e.parent.typeName!=`google.protobuf.Value`}function Ln(e){let t={$typeName:`google.protobuf.Struct`,fields:{}};if(pn(e))for(let n of Object.keys(e))Fe(t.fields,n,Bn(e[n]));return t}function Rn(e){let t={};for(let n of Object.keys(e.fields))Fe(t,n,zn(e.fields[n]));return t}function zn(e){switch(e.kind.case){case`structValue`:return Rn(e.kind.value);case`listValue`:return e.kind.value.values.map(zn);case`nullValue`:case void 0:return null;default:return e.kind.value}}function Bn(e){let t={$typeName:`google.protobuf.Value`,kind:{case:void 0}};switch(typeof e){case`number`:t.kind={case:`numberValue`,value:e};break;case`string`:t.kind={case:`stringValue`,value:e};break;case`boolean`:t.kind={case:`boolValue`,value:e};break;case`object`:if(e===null)t.kind={case:`nullValue`,value:Pn};else if(Array.isArray(e)){let n={$typeName:`google.protobuf.ListValue`,values:[]};if(Array.isArray(e))for(let t of e)n.values.push(Bn(t));t.kind={case:`listValue`,value:n}}else t.kind={case:`structValue`,value:Ln(e)}}return t}var Vn=2,Hn=3,Un={writeUnknownFields:!0};function Wn(e){return e?Object.assign(Object.assign({},Un),e):Un}function Gn(e,t,n){let r=new Ge;return qn(e)(r,Wn(n),t),r.finish()}var Kn=new WeakMap;function qn(e){let t=Kn.get(e);return t===void 0&&(t=Jn(e)),t}function Jn(e){let t=e.typeName,n=e.fields.concat().sort((e,t)=>e.number-t.number),r=n[0],i=[],a=(e,n,a)=>{if(a.$typeName!==t&&r!==void 0)throw new dn(r,`cannot use ${r} with message ${a.$typeName}`,`ForeignFieldError`);for(let t=0;t<i.length;t++)i[t](e,n,a);let o=a.$unknown;if(o!==void 0&&n.writeUnknownFields)for(let t=0;t<o.length;t++){let{no:n,wireType:r,data:i}=o[t];e.tag(n,r).raw(i)}};Kn.set(e,a);for(let e of n)i.push(Yn(e));return a}function Yn(e){switch(e.fieldKind){case`message`:case`scalar`:case`enum`:return Xn(e);case`list`:return Qn(e);case`map`:return $n(e)}}function Xn(e){let t=Zn(e),n=e.localName;if(e.oneof){let r=e.oneof.localName;return(e,i,a)=>{let o=a[r];o.case===n&&t(e,i,o.value)}}if(e.presence!=Vn){let r=e.presence==Hn?`cannot encode ${e} to binary: required field not set`:void 0;return(e,i,a)=>{let o=a[n];if(o!==void 0&&Object.prototype.hasOwnProperty.call(a,n))t(e,i,o);else if(r!==void 0)throw Error(r)}}if(e.fieldKind==`enum`){let r=e.enum.values[0].number;return(e,i,a)=>{let o=a[n];o!==r&&t(e,i,o)}}switch(e.scalar){case k.BOOL:return(e,r,i)=>{let a=i[n];a!==!1&&t(e,r,a)};case k.STRING:return(e,r,i)=>{let a=i[n];a!==``&&t(e,r,a)};case k.BYTES:return(e,r,i)=>{let a=i[n];(!(a instanceof Uint8Array)||a.byteLength>0)&&t(e,r,a)};case k.DOUBLE:case k.FLOAT:return(e,r,i)=>{let a=i[n];Object.is(a,0)||t(e,r,a)};default:return(e,r,i)=>{let a=i[n];a!=0&&t(e,r,a)}}}function Zn(e){switch(e.fieldKind){case`message`:{let{toMessage:t}=Fn(e),n=ir(e);return(e,r,i)=>{n(e,r,t(i))}}case`scalar`:case`enum`:{let t=e.fieldKind==`enum`?k.INT32:e.scalar,n=e.number,r=ar(t),i=nr(t,e.parent.typeName,e.name);return(e,t,a)=>{e.tag(n,r),i(e,a)}}}}function Qn(e){let t=e.localName,n=e.number;switch(e.listKind){case`message`:{let{toMessage:n}=Fn(e),r=ir(e);return(e,i,a)=>{let o=a[t];for(let t=0;t<o.length;t++)r(e,i,n(o[t]))}}case`scalar`:case`enum`:{let r=e.listKind==`enum`?k.INT32:e.scalar,i=nr(r,e.parent.typeName,e.name);if(e.packed)return(e,r,a)=>{let o=a[t];if(o.length!=0){e.tag(n,A.LengthDelimited).fork();for(let t=0;t<o.length;t++)i(e,o[t]);e.join()}};let a=ar(r);return(e,r,o)=>{let s=o[t];for(let t=0;t<s.length;t++)e.tag(n,a),i(e,s[t])}}}}function $n(e){let t=e.localName,n=e.number,r=er(e);if(e.mapKind==`message`){let{toMessage:i}=Fn(e),a=qn(e.message);return(e,o,s)=>{let c=s[t],l=Object.keys(c);for(let t=0;t<l.length;t++){let s=l[t];e.tag(n,A.LengthDelimited).fork(),r(e,s),e.tag(2,A.LengthDelimited).fork(),a(e,o,i(c[s])),e.join(),e.join()}}}let i=e.mapKind==`enum`?k.INT32:e.scalar,a=ar(i),o=nr(i,e.parent.typeName,e.name);return(e,i,s)=>{let c=s[t],l=Object.keys(c);for(let t=0;t<l.length;t++){let i=l[t];e.tag(n,A.LengthDelimited).fork(),r(e,i),e.tag(2,a),o(e,c[i]),e.join()}}}function er(e){let t=ar(e.mapKey),n=nr(e.mapKey,e.parent.typeName,e.name),r=tr(e.mapKey);return(e,i)=>{e.tag(1,t),n(e,r(i))}}function tr(e){switch(e){case k.STRING:return e=>e;case k.BOOL:return e=>e===`true`||e!==`false`&&e;case k.UINT64:case k.FIXED64:return e=>{try{return O.uParse(e)}catch{return e}};case k.INT64:case k.SFIXED64:case k.SINT64:return e=>{try{return O.parse(e)}catch{return e}};default:return e=>{let t=Number.parseInt(e);return Number.isFinite(t)?t:e}}}function nr(e,t,n){let r=rr(e);return(e,i)=>{try{r(e,i)}catch(e){throw e instanceof Error?Error(`cannot encode field ${t}.${n} to binary: ${e.message}`):e}}}function rr(e){switch(e){case k.STRING:return(e,t)=>e.string(t);case k.BOOL:return(e,t)=>e.bool(t);case k.DOUBLE:return(e,t)=>e.double(t);case k.FLOAT:return(e,t)=>e.float(t);case k.INT32:return(e,t)=>e.int32(t);case k.INT64:return(e,t)=>e.int64(t);case k.UINT64:return(e,t)=>e.uint64(t);case k.FIXED64:return(e,t)=>e.fixed64(t);case k.BYTES:return(e,t)=>e.bytes(t);case k.FIXED32:return(e,t)=>e.fixed32(t);case k.SFIXED32:return(e,t)=>e.sfixed32(t);case k.SFIXED64:return(e,t)=>e.sfixed64(t);case k.SINT64:return(e,t)=>e.sint64(t);case k.UINT32:return(e,t)=>e.uint32(t);case k.SINT32:return(e,t)=>e.sint32(t)}}function ir(e){let t=e.number,n=qn(e.message);return e.delimitedEncoding?(e,r,i)=>{e.tag(t,A.StartGroup),n(e,r,i),e.tag(t,A.EndGroup)}:(e,r,i)=>{e.tag(t,A.LengthDelimited).fork(),n(e,r,i),e.join()}}function ar(e){switch(e){case k.BYTES:case k.STRING:return A.LengthDelimited;case k.DOUBLE:case k.FIXED64:case k.SFIXED64:return A.Bit64;case k.FIXED32:case k.SFIXED32:case k.FLOAT:return A.Bit32;default:return A.Varint}}function or(e,t,...n){return n.reduce((e,t)=>e.nestedMessages[t],e.messages[t])}var sr=or(Xt({name:`google/protobuf/descriptor.proto`,package:`google.protobuf`,messageType:[{name:`FileDescriptorSet`,field:[{name:`file`,number:1,type:11,label:3,typeName:`.google.protobuf.FileDescriptorProto`}],extensionRange:[{start:536e6,end:536000001}]},{name:`FileDescriptorProto`,field:[{name:`name`,number:1,type:9,label:1},{name:`package`,number:2,type:9,label:1},{name:`dependency`,number:3,type:9,label:3},{name:`public_dependency`,number:10,type:5,label:3},{name:`weak_dependency`,number:11,type:5,label:3},{name:`option_dependency`,number:15,type:9,label:3},{name:`message_type`,number:4,type:11,label:3,typeName:`.google.protobuf.DescriptorProto`},{name:`enum_type`,number:5,type:11,label:3,typeName:`.google.protobuf.EnumDescriptorProto`},{name:`service`,number:6,type:11,label:3,typeName:`.google.protobuf.ServiceDescriptorProto`},{name:`extension`,number:7,type:11,label:3,typeName:`.google.protobuf.FieldDescriptorProto`},{name:`options`,number:8,type:11,label:1,typeName:`.google.protobuf.FileOptions`},{name:`source_code_info`,number:9,type:11,label:1,typeName:`.google.protobuf.SourceCodeInfo`},{name:`syntax`,number:12,type:9,label:1},{name:`edition`,number:14,type:14,label:1,typeName:`.google.protobuf.Edition`}]},{name:`DescriptorProto`,field:[{name:`name`,number:1,type:9,label:1},{name:`field`,number:2,type:11,label:3,typeName:`.google.protobuf.FieldDescriptorProto`},{name:`extension`,number:6,type:11,label:3,typeName:`.google.protobuf.FieldDescriptorProto`},{name:`nested_type`,number:3,type:11,label:3,typeName:`.google.protobuf.DescriptorProto`},{name:`enum_type`,number:4,type:11,label:3,typeName:`.google.protobuf.EnumDescriptorProto`},{name:`extension_range`,number:5,type:11,label:3,typeName:`.google.protobuf.DescriptorProto.ExtensionRange`},{name:`oneof_decl`,number:8,type:11,label:3,typeName:`.google.protobuf.OneofDescriptorProto`},{name:`options`,number:7,type:11,label:1,typeName:`.google.protobuf.MessageOptions`},{name:`reserved_range`,number:9,type:11,label:3,typeName:`.google.protobuf.DescriptorProto.ReservedRange`},{name:`reserved_name`,number:10,type:9,label:3},{name:`visibility`,number:11,type:14,label:1,typeName:`.google.protobuf.SymbolVisibility`}],nestedType:[{name:`ExtensionRange`,field:[{name:`start`,number:1,type:5,label:1},{name:`end`,number:2,type:5,label:1},{name:`options`,number:3,type:11,label:1,typeName:`.google.protobuf.ExtensionRangeOptions`}]},{name:`ReservedRange`,field:[{name:`start`,number:1,type:5,label:1},{name:`end`,number:2,type:5,label:1}]}]},{name:`ExtensionRangeOptions`,field:[{name:`uninterpreted_option`,number:999,type:11,label:3,typeName:`.google.protobuf.UninterpretedOption`},{name:`declaration`,number:2,type:11,label:3,typeName:`.google.protobuf.ExtensionRangeOptions.Declaration`,options:{retention:2}},{name:`features`,number:50,type:11,label:1,typeName:`.google.protobuf.FeatureSet`},{name:`verification`,number:3,type:14,label:1,typeName:`.google.protobuf.ExtensionRangeOptions.VerificationState`,defaultValue:`UNVERIFIED`,options:{retention:2}}],nestedType:[{name:`Declaration`,field:[{name:`number`,number:1,type:5,label:1},{name:`full_name`,number:2,type:9,label:1},{name:`type`,number:3,type:9,label:1},{name:`reserved`,number:5,type:8,label:1},{name:`repeated`,number:6,type:8,label:1}]}],enumType:[{name:`VerificationState`,value:[{name:`DECLARATION`,number:0},{name:`UNVERIFIED`,number:1}]}],extensionRange:[{start:990,end:999},{start:1e3,end:536870912}]},{name:`FieldDescriptorProto`,field:[{name:`name`,number:1,type:9,label:1},{name:`number`,number:3,type:5,label:1},{name:`label`,number:4,type:14,label:1,typeName:`.google.protobuf.FieldDescriptorProto.Label`},{name:`type`,number:5,type:14,label:1,typeName:`.google.protobuf.FieldDescriptorProto.Type`},{name:`type_name`,number:6,type:9,label:1},{name:`extendee`,number:2,type:9,label:1},{name:`default_value`,number:7,type:9,label:1},{name:`oneof_index`,number:9,type:5,label:1},{name:`json_name`,number:10,type:9,label:1},{name:`options`,number:8,type:11,label:1,typeName:`.google.protobuf.FieldOptions`},{name:`proto3_optional`,number:17,type:8,label:1}],enumType:[{name:`Type`,value:[{name:`TYPE_DOUBLE`,number:1},{name:`TYPE_FLOAT`,number:2},{name:`TYPE_INT64`,number:3},{name:`TYPE_UINT64`,number:4},{name:`TYPE_INT32`,number:5},{name:`TYPE_FIXED64`,number:6},{name:`TYPE_FIXED32`,number:7},{name:`TYPE_BOOL`,number:8},{name:`TYPE_STRING`,number:9},{name:`TYPE_GROUP`,number:10},{name:`TYPE_MESSAGE`,number:11},{name:`TYPE_BYTES`,number:12},{name:`TYPE_UINT32`,number:13},{name:`TYPE_ENUM`,number:14},{name:`TYPE_SFIXED32`,number:15},{name:`TYPE_SFIXED64`,number:16},{name:`TYPE_SINT32`,number:17},{name:`TYPE_SINT64`,number:18}]},{name:`Label`,value:[{name:`LABEL_OPTIONAL`,number:1},{name:`LABEL_REPEATED`,number:3},{name:`LABEL_REQUIRED`,number:2}]}]},{name:`OneofDescriptorProto`,field:[{name:`name`,number:1,type:9,label:1},{name:`options`,number:2,type:11,label:1,typeName:`.google.protobuf.OneofOptions`}]},{name:`EnumDescriptorProto`,field:[{name:`name`,number:1,type:9,label:1},{name:`value`,number:2,type:11,label:3,typeName:`.google.protobuf.EnumValueDescriptorProto`},{name:`options`,number:3,type:11,label:1,typeName:`.google.protobuf.EnumOptions`},{name:`reserved_range`,number:4,type:11,label:3,typeName:`.google.protobuf.EnumDescriptorProto.EnumReservedRange`},{name:`reserved_name`,number:5,type:9,label:3},{name:`visibility`,number:6,type:14,label:1,typeName:`.google.protobuf.SymbolVisibility`}],nestedType:[{name:`EnumReservedRange`,field:[{name:`start`,number:1,type:5,label:1},{name:`end`,number:2,type:5,label:1}]}]},{name:`EnumValueDescriptorProto`,field:[{name:`name`,number:1,type:9,label:1},{name:`number`,number:2,type:5,label:1},{name:`options`,number:3,type:11,label:1,typeName:`.google.protobuf.EnumValueOptions`}]},{name:`ServiceDescriptorProto`,field:[{name:`name`,number:1,type:9,label:1},{name:`method`,number:2,type:11,label:3,typeName:`.google.protobuf.MethodDescriptorProto`},{name:`options`,number:3,type:11,label:1,typeName:`.google.protobuf.ServiceOptions`}]},{name:`MethodDescriptorProto`,field:[{name:`name`,number:1,type:9,label:1},{name:`input_type`,number:2,type:9,label:1},{name:`output_type`,number:3,type:9,label:1},{name:`options`,number:4,type:11,label:1,typeName:`.google.protobuf.MethodOptions`},{name:`client_streaming`,number:5,type:8,label:1,defaultValue:`false`},{name:`server_streaming`,number:6,type:8,label:1,defaultValue:`false`}]},{name:`FileOptions`,field:[{name:`java_package`,number:1,type:9,label:1},{name:`java_outer_classname`,number:8,type:9,label:1},{name:`java_multiple_files`,number:10,type:8,label:1,defaultValue:`false`,options:{}},{name:`java_generate_equals_and_hash`,number:20,type:8,label:1,options:{deprecated:!0}},{name:`java_string_check_utf8`,number:27,type:8,label:1,defaultValue:`false`},{name:`optimize_for`,number:9,type:14,label:1,typeName:`.google.protobuf.FileOptions.OptimizeMode`,defaultValue:`SPEED`},{name:`go_package`,number:11,type:9,label:1},{name:`cc_generic_services`,number:16,type:8,label:1,defaultValue:`false`},{name:`java_generic_services`,number:17,type:8,label:1,defaultValue:`false`},{name:`py_generic_services`,number:18,type:8,label:1,defaultValue:`false`},{name:`deprecated`,number:23,type:8,label:1,defaultValue:`false`},{name:`cc_enable_arenas`,number:31,type:8,label:1,defaultValue:`true`,options:{}},{name:`objc_class_prefix`,number:36,type:9,label:1},{name:`csharp_namespace`,number:37,type:9,label:1},{name:`swift_prefix`,number:39,type:9,label:1},{name:`php_class_prefix`,number:40,type:9,label:1},{name:`php_namespace`,number:41,type:9,label:1},{name:`php_metadata_namespace`,number:44,type:9,label:1},{name:`ruby_package`,number:45,type:9,label:1},{name:`features`,number:50,type:11,label:1,typeName:`.google.protobuf.FeatureSet`},{name:`uninterpreted_option`,number:999,type:11,label:3,typeName:`.google.protobuf.UninterpretedOption`}],enumType:[{name:`OptimizeMode`,value:[{name:`SPEED`,number:1},{name:`CODE_SIZE`,number:2},{name:`LITE_RUNTIME`,number:3}]}],extensionRange:[{start:990,end:999},{start:1e3,end:536870912}]},{name:`MessageOptions`,field:[{name:`message_set_wire_format`,number:1,type:8,label:1,defaultValue:`false`},{name:`no_standard_descriptor_accessor`,number:2,type:8,label:1,defaultValue:`false`},{name:`deprecated`,number:3,type:8,label:1,defaultValue:`false`},{name:`map_entry`,number:7,type:8,label:1},{name:`deprecated_legacy_json_field_conflicts`,number:11,type:8,label:1,options:{deprecated:!0}},{name:`features`,number:12,type:11,label:1,typeName:`.google.protobuf.FeatureSet`},{name:`uninterpreted_option`,number:999,type:11,label:3,typeName:`.google.protobuf.UninterpretedOption`}],extensionRange:[{start:990,end:999},{start:1e3,end:536870912}]},{name:`FieldOptions`,field:[{name:`ctype`,number:1,type:14,label:1,typeName:`.google.protobuf.FieldOptions.CType`,defaultValue:`STRING`},{name:`packed`,number:2,type:8,label:1},{name:`jstype`,number:6,type:14,label:1,typeName:`.google.protobuf.FieldOptions.JSType`,defaultValue:`JS_NORMAL`},{name:`lazy`,number:5,type:8,label:1,defaultValue:`false`},{name:`unverified_lazy`,number:15,type:8,label:1,defaultValue:`false`},{name:`deprecated`,number:3,type:8,label:1,defaultValue:`false`},{name:`weak`,number:10,type:8,label:1,defaultValue:`false`,options:{deprecated:!0}},{name:`debug_redact`,number:16,type:8,label:1,defaultValue:`false`},{name:`retention`,number:17,type:14,label:1,typeName:`.google.protobuf.FieldOptions.OptionRetention`},{name:`targets`,number:19,type:14,label:3,typeName:`.google.protobuf.FieldOptions.OptionTargetType`},{name:`edition_defaults`,number:20,type:11,label:3,typeName:`.google.protobuf.FieldOptions.EditionDefault`},{name:`features`,number:21,type:11,label:1,typeName:`.google.protobuf.FeatureSet`},{name:`feature_support`,number:22,type:11,label:1,typeName:`.google.protobuf.FieldOptions.FeatureSupport`},{name:`uninterpreted_option`,number:999,type:11,label:3,typeName:`.google.protobuf.UninterpretedOption`}],nestedType:[{name:`EditionDefault`,field:[{name:`edition`,number:3,type:14,label:1,typeName:`.google.protobuf.Edition`},{name:`value`,number:2,type:9,label:1}]},{name:`FeatureSupport`,field:[{name:`edition_introduced`,number:1,type:14,label:1,typeName:`.google.protobuf.Edition`},{name:`edition_deprecated`,number:2,type:14,label:1,typeName:`.google.protobuf.Edition`},{name:`deprecation_warning`,number:3,type:9,label:1},{name:`edition_removed`,number:4,type:14,label:1,typeName:`.google.protobuf.Edition`},{name:`removal_error`,number:5,type:9,label:1}]}],enumType:[{name:`CType`,value:[{name:`STRING`,number:0},{name:`CORD`,number:1},{name:`STRING_PIECE`,number:2}]},{name:`JSType`,value:[{name:`JS_NORMAL`,number:0},{name:`JS_STRING`,number:1},{name:`JS_NUMBER`,number:2}]},{name:`OptionRetention`,value:[{name:`RETENTION_UNKNOWN`,number:0},{name:`RETENTION_RUNTIME`,number:1},{name:`RETENTION_SOURCE`,number:2}]},{name:`OptionTargetType`,value:[{name:`TARGET_TYPE_UNKNOWN`,number:0},{name:`TARGET_TYPE_FILE`,number:1},{name:`TARGET_TYPE_EXTENSION_RANGE`,number:2},{name:`TARGET_TYPE_MESSAGE`,number:3},{name:`TARGET_TYPE_FIELD`,number:4},{name:`TARGET_TYPE_ONEOF`,number:5},{name:`TARGET_TYPE_ENUM`,number:6},{name:`TARGET_TYPE_ENUM_ENTRY`,number:7},{name:`TARGET_TYPE_SERVICE`,number:8},{name:`TARGET_TYPE_METHOD`,number:9}]}],extensionRange:[{start:990,end:999},{start:1e3,end:536870912}]},{name:`OneofOptions`,field:[{name:`features`,number:1,type:11,label:1,typeName:`.google.protobuf.FeatureSet`},{name:`uninterpreted_option`,number:999,type:11,label:3,typeName:`.google.protobuf.UninterpretedOption`}],extensionRange:[{start:990,end:999},{start:1e3,end:536870912}]},{name:`EnumOptions`,field:[{name:`allow_alias`,number:2,type:8,label:1},{name:`deprecated`,number:3,type:8,label:1,defaultValue:`false`},{name:`deprecated_legacy_json_field_conflicts`,number:6,type:8,label:1,options:{deprecated:!0}},{name:`features`,number:7,type:11,label:1,typeName:`.google.protobuf.FeatureSet`},{name:`uninterpreted_option`,number:999,type:11,label:3,typeName:`.google.protobuf.UninterpretedOption`}],extensionRange:[{start:990,end:999},{start:1e3,end:536870912}]},{name:`EnumValueOptions`,field:[{name:`deprecated`,number:1,type:8,label:1,defaultValue:`false`},{name:`features`,number:2,type:11,label:1,typeName:`.google.protobuf.FeatureSet`},{name:`debug_redact`,number:3,type:8,label:1,defaultValue:`false`},{name:`feature_support`,number:4,type:11,label:1,typeName:`.google.protobuf.FieldOptions.FeatureSupport`},{name:`uninterpreted_option`,number:999,type:11,label:3,typeName:`.google.protobuf.UninterpretedOption`}],extensionRange:[{start:990,end:999},{start:1e3,end:536870912}]},{name:`ServiceOptions`,field:[{name:`features`,number:34,type:11,label:1,typeName:`.google.protobuf.FeatureSet`},{name:`deprecated`,number:33,type:8,label:1,defaultValue:`false`},{name:`uninterpreted_option`,number:999,type:11,label:3,typeName:`.google.protobuf.UninterpretedOption`}],extensionRange:[{start:990,end:999},{start:1e3,end:536870912}]},{name:`MethodOptions`,field:[{name:`deprecated`,number:33,type:8,label:1,defaultValue:`false`},{name:`idempotency_level`,number:34,type:14,label:1,typeName:`.google.protobuf.MethodOptions.IdempotencyLevel`,defaultValue:`IDEMPOTENCY_UNKNOWN`},{name:`features`,number:35,type:11,label:1,typeName:`.google.protobuf.FeatureSet`},{name:`uninterpreted_option`,number:999,type:11,label:3,typeName:`.google.protobuf.UninterpretedOption`}],enumType:[{name:`IdempotencyLevel`,value:[{name:`IDEMPOTENCY_UNKNOWN`,number:0},{name:`NO_SIDE_EFFECTS`,number:1},{name:`IDEMPOTENT`,number:2}]}],extensionRange:[{start:990,end:999},{start:1e3,end:536870912}]},{name:`UninterpretedOption`,field:[{name:`name`,number:2,type:11,label:3,typeName:`.google.protobuf.UninterpretedOption.NamePart`},{name:`identifier_value`,number:3,type:9,label:1},{name:`positive_int_value`,number:4,type:4,label:1},{name:`negative_int_value`,number:5,type:3,label:1},{name:`double_value`,number:6,type:1,label:1},{name:`string_value`,number:7,type:12,label:1},{name:`aggregate_value`,number:8,type:9,label:1}],nestedType:[{name:`NamePart`,field:[{name:`name_part`,number:1,type:9,label:2},{name:`is_extension`,number:2,type:8,label:2}]}]},{name:`FeatureSet`,field:[{name:`field_presence`,number:1,type:14,label:1,typeName:`.google.protobuf.FeatureSet.FieldPresence`,options:{retention:1,targets:[4,1],editionDefaults:[{value:`EXPLICIT`,edition:900},{value:`IMPLICIT`,edition:999},{value:`EXPLICIT`,edition:1e3}]}},{name:`enum_type`,number:2,type:14,label:1,typeName:`.google.protobuf.FeatureSet.EnumType`,options:{retention:1,targets:[6,1],editionDefaults:[{value:`CLOSED`,edition:900},{value:`OPEN`,edition:999}]}},{name:`repeated_field_encoding`,number:3,type:14,label:1,typeName:`.google.protobuf.FeatureSet.RepeatedFieldEncoding`,options:{retention:1,targets:[4,1],editionDefaults:[{value:`EXPANDED`,edition:900},{value:`PACKED`,edition:999}]}},{name:`utf8_validation`,number:4,type:14,label:1,typeName:`.google.protobuf.FeatureSet.Utf8Validation`,options:{retention:1,targets:[4,1],editionDefaults:[{value:`NONE`,edition:900},{value:`VERIFY`,edition:999}]}},{name:`message_encoding`,number:5,type:14,label:1,typeName:`.google.protobuf.FeatureSet.MessageEncoding`,options:{retention:1,targets:[4,1],editionDefaults:[{value:`LENGTH_PREFIXED`,edition:900}]}},{name:`json_format`,number:6,type:14,label:1,typeName:`.google.protobuf.FeatureSet.JsonFormat`,options:{retention:1,targets:[3,6,1],editionDefaults:[{value:`LEGACY_BEST_EFFORT`,edition:900},{value:`ALLOW`,edition:999}]}},{name:`enforce_naming_style`,number:7,type:14,label:1,typeName:`.google.protobuf.FeatureSet.EnforceNamingStyle`,options:{retention:2,targets:[1,2,3,4,5,6,7,8,9],editionDefaults:[{value:`STYLE_LEGACY`,edition:900},{value:`STYLE2024`,edition:1001},{value:`STYLE2026`,edition:1002}]}},{name:`default_symbol_visibility`,number:8,type:14,label:1,typeName:`.google.protobuf.FeatureSet.VisibilityFeature.DefaultSymbolVisibility`,options:{retention:2,targets:[1],editionDefaults:[{value:`EXPORT_ALL`,edition:900},{value:`EXPORT_TOP_LEVEL`,edition:1001},{value:`STRICT`,edition:1002}]}},{name:`enforce_proto_limits`,number:9,type:14,label:1,typeName:`.google.protobuf.FeatureSet.ProtoLimitsFeature.EnforceProtoLimits`,options:{retention:2,targets:[6,3,4,5],editionDefaults:[{value:`LEGACY_NO_EXPLICIT_LIMITS`,edition:900},{value:`PROTO_LIMITS2026`,edition:1002}]}}],nestedType:[{name:`VisibilityFeature`,enumType:[{name:`DefaultSymbolVisibility`,value:[{name:`DEFAULT_SYMBOL_VISIBILITY_UNKNOWN`,number:0},{name:`EXPORT_ALL`,number:1},{name:`EXPORT_TOP_LEVEL`,number:2},{name:`LOCAL_ALL`,number:3},{name:`STRICT`,number:4}]}]},{name:`ProtoLimitsFeature`,enumType:[{name:`EnforceProtoLimits`,value:[{name:`PROTO_LIMITS_UNKNOWN`,number:0},{name:`LEGACY_NO_EXPLICIT_LIMITS`,number:1},{name:`PROTO_LIMITS2026`,number:2}]}]}],enumType:[{name:`FieldPresence`,value:[{name:`FIELD_PRESENCE_UNKNOWN`,number:0},{name:`EXPLICIT`,number:1},{name:`IMPLICIT`,number:2},{name:`LEGACY_REQUIRED`,number:3}]},{name:`EnumType`,value:[{name:`ENUM_TYPE_UNKNOWN`,number:0},{name:`OPEN`,number:1},{name:`CLOSED`,number:2}]},{name:`RepeatedFieldEncoding`,value:[{name:`REPEATED_FIELD_ENCODING_UNKNOWN`,number:0},{name:`PACKED`,number:1},{name:`EXPANDED`,number:2}]},{name:`Utf8Validation`,value:[{name:`UTF8_VALIDATION_UNKNOWN`,number:0},{name:`VERIFY`,number:2},{name:`NONE`,number:3}]},{name:`MessageEncoding`,value:[{name:`MESSAGE_ENCODING_UNKNOWN`,number:0},{name:`LENGTH_PREFIXED`,number:1},{name:`DELIMITED`,number:2}]},{name:`JsonFormat`,value:[{name:`JSON_FORMAT_UNKNOWN`,number:0},{name:`ALLOW`,number:1},{name:`LEGACY_BEST_EFFORT`,number:2}]},{name:`EnforceNamingStyle`,value:[{name:`ENFORCE_NAMING_STYLE_UNKNOWN`,number:0},{name:`STYLE2024`,number:1},{name:`STYLE_LEGACY`,number:2},{name:`STYLE2026`,number:3}]}],extensionRange:[{start:1e3,end:9995},{start:9995,end:1e4},{start:1e4,end:10001}]},{name:`FeatureSetDefaults`,field:[{name:`defaults`,number:1,type:11,label:3,typeName:`.google.protobuf.FeatureSetDefaults.FeatureSetEditionDefault`},{name:`minimum_edition`,number:4,type:14,label:1,typeName:`.google.protobuf.Edition`},{name:`maximum_edition`,number:5,type:14,label:1,typeName:`.google.protobuf.Edition`}],nestedType:[{name:`FeatureSetEditionDefault`,field:[{name:`edition`,number:3,type:14,label:1,typeName:`.google.protobuf.Edition`},{name:`overridable_features`,number:4,type:11,label:1,typeName:`.google.protobuf.FeatureSet`},{name:`fixed_features`,number:5,type:11,label:1,typeName:`.google.protobuf.FeatureSet`}]}]},{name:`SourceCodeInfo`,field:[{name:`location`,number:1,type:11,label:3,typeName:`.google.protobuf.SourceCodeInfo.Location`}],nestedType:[{name:`Location`,field:[{name:`path`,number:1,type:5,label:3,options:{packed:!0}},{name:`span`,number:2,type:5,label:3,options:{packed:!0}},{name:`leading_comments`,number:3,type:9,label:1},{name:`trailing_comments`,number:4,type:9,label:1},{name:`leading_detached_comments`,number:6,type:9,label:3}]}],extensionRange:[{start:536e6,end:536000001}]},{name:`GeneratedCodeInfo`,field:[{name:`annotation`,number:1,type:11,label:3,typeName:`.google.protobuf.GeneratedCodeInfo.Annotation`}],nestedType:[{name:`Annotation`,field:[{name:`path`,number:1,type:5,label:3,options:{packed:!0}},{name:`source_file`,number:2,type:9,label:1},{name:`begin`,number:3,type:5,label:1},{name:`end`,number:4,type:5,label:1},{name:`semantic`,number:5,type:14,label:1,typeName:`.google.protobuf.GeneratedCodeInfo.Annotation.Semantic`}],enumType:[{name:`Semantic`,value:[{name:`NONE`,number:0},{name:`SET`,number:1},{name:`ALIAS`,number:2}]}]}]}],enumType:[{name:`Edition`,value:[{name:`EDITION_UNKNOWN`,number:0},{name:`EDITION_LEGACY`,number:900},{name:`EDITION_PROTO2`,number:998},{name:`EDITION_PROTO3`,number:999},{name:`EDITION_2023`,number:1e3},{name:`EDITION_2024`,number:1001},{name:`EDITION_2026`,number:1002},{name:`EDITION_UNSTABLE`,number:9999},{name:`EDITION_1_TEST_ONLY`,number:1},{name:`EDITION_2_TEST_ONLY`,number:2},{name:`EDITION_99997_TEST_ONLY`,number:99997},{name:`EDITION_99998_TEST_ONLY`,number:99998},{name:`EDITION_99999_TEST_ONLY`,number:99999},{name:`EDITION_MAX`,number:2147483647}]},{name:`SymbolVisibility`,value:[{name:`VISIBILITY_UNSET`,number:0},{name:`VISIBILITY_LOCAL`,number:1},{name:`VISIBILITY_EXPORT`,number:2}]}]}),1),cr;(function(e){e[e.DECLARATION=0]=`DECLARATION`,e[e.UNVERIFIED=1]=`UNVERIFIED`})(cr||={});var lr;(function(e){e[e.DOUBLE=1]=`DOUBLE`,e[e.FLOAT=2]=`FLOAT`,e[e.INT64=3]=`INT64`,e[e.UINT64=4]=`UINT64`,e[e.INT32=5]=`INT32`,e[e.FIXED64=6]=`FIXED64`,e[e.FIXED32=7]=`FIXED32`,e[e.BOOL=8]=`BOOL`,e[e.STRING=9]=`STRING`,e[e.GROUP=10]=`GROUP`,e[e.MESSAGE=11]=`MESSAGE`,e[e.BYTES=12]=`BYTES`,e[e.UINT32=13]=`UINT32`,e[e.ENUM=14]=`ENUM`,e[e.SFIXED32=15]=`SFIXED32`,e[e.SFIXED64=16]=`SFIXED64`,e[e.SINT32=17]=`SINT32`,e[e.SINT64=18]=`SINT64`})(lr||={});var ur;(function(e){e[e.OPTIONAL=1]=`OPTIONAL`,e[e.REPEATED=3]=`REPEATED`,e[e.REQUIRED=2]=`REQUIRED`})(ur||={});var dr;(function(e){e[e.SPEED=1]=`SPEED`,e[e.CODE_SIZE=2]=`CODE_SIZE`,e[e.LITE_RUNTIME=3]=`LITE_RUNTIME`})(dr||={});var fr;(function(e){e[e.STRING=0]=`STRING`,e[e.CORD=1]=`CORD`,e[e.STRING_PIECE=2]=`STRING_PIECE`})(fr||={});var pr;(function(e){e[e.JS_NORMAL=0]=`JS_NORMAL`,e[e.JS_STRING=1]=`JS_STRING`,e[e.JS_NUMBER=2]=`JS_NUMBER`})(pr||={});var mr;(function(e){e[e.RETENTION_UNKNOWN=0]=`RETENTION_UNKNOWN`,e[e.RETENTION_RUNTIME=1]=`RETENTION_RUNTIME`,e[e.RETENTION_SOURCE=2]=`RETENTION_SOURCE`})(mr||={});var hr;(function(e){e[e.TARGET_TYPE_UNKNOWN=0]=`TARGET_TYPE_UNKNOWN`,e[e.TARGET_TYPE_FILE=1]=`TARGET_TYPE_FILE`,e[e.TARGET_TYPE_EXTENSION_RANGE=2]=`TARGET_TYPE_EXTENSION_RANGE`,e[e.TARGET_TYPE_MESSAGE=3]=`TARGET_TYPE_MESSAGE`,e[e.TARGET_TYPE_FIELD=4]=`TARGET_TYPE_FIELD`,e[e.TARGET_TYPE_ONEOF=5]=`TARGET_TYPE_ONEOF`,e[e.TARGET_TYPE_ENUM=6]=`TARGET_TYPE_ENUM`,e[e.TARGET_TYPE_ENUM_ENTRY=7]=`TARGET_TYPE_ENUM_ENTRY`,e[e.TARGET_TYPE_SERVICE=8]=`TARGET_TYPE_SERVICE`,e[e.TARGET_TYPE_METHOD=9]=`TARGET_TYPE_METHOD`})(hr||={});var gr;(function(e){e[e.IDEMPOTENCY_UNKNOWN=0]=`IDEMPOTENCY_UNKNOWN`,e[e.NO_SIDE_EFFECTS=1]=`NO_SIDE_EFFECTS`,e[e.IDEMPOTENT=2]=`IDEMPOTENT`})(gr||={});var _r;(function(e){e[e.DEFAULT_SYMBOL_VISIBILITY_UNKNOWN=0]=`DEFAULT_SYMBOL_VISIBILITY_UNKNOWN`,e[e.EXPORT_ALL=1]=`EXPORT_ALL`,e[e.EXPORT_TOP_LEVEL=2]=`EXPORT_TOP_LEVEL`,e[e.LOCAL_ALL=3]=`LOCAL_ALL`,e[e.STRICT=4]=`STRICT`})(_r||={});var vr;(function(e){e[e.PROTO_LIMITS_UNKNOWN=0]=`PROTO_LIMITS_UNKNOWN`,e[e.LEGACY_NO_EXPLICIT_LIMITS=1]=`LEGACY_NO_EXPLICIT_LIMITS`,e[e.PROTO_LIMITS2026=2]=`PROTO_LIMITS2026`})(vr||={});var yr;(function(e){e[e.FIELD_PRESENCE_UNKNOWN=0]=`FIELD_PRESENCE_UNKNOWN`,e[e.EXPLICIT=1]=`EXPLICIT`,e[e.IMPLICIT=2]=`IMPLICIT`,e[e.LEGACY_REQUIRED=3]=`LEGACY_REQUIRED`})(yr||={});var br;(function(e){e[e.ENUM_TYPE_UNKNOWN=0]=`ENUM_TYPE_UNKNOWN`,e[e.OPEN=1]=`OPEN`,e[e.CLOSED=2]=`CLOSED`})(br||={});var xr;(function(e){e[e.REPEATED_FIELD_ENCODING_UNKNOWN=0]=`REPEATED_FIELD_ENCODING_UNKNOWN`,e[e.PACKED=1]=`PACKED`,e[e.EXPANDED=2]=`EXPANDED`})(xr||={});var Sr;(function(e){e[e.UTF8_VALIDATION_UNKNOWN=0]=`UTF8_VALIDATION_UNKNOWN`,e[e.VERIFY=2]=`VERIFY`,e[e.NONE=3]=`NONE`})(Sr||={});var Cr;(function(e){e[e.MESSAGE_ENCODING_UNKNOWN=0]=`MESSAGE_ENCODING_UNKNOWN`,e[e.LENGTH_PREFIXED=1]=`LENGTH_PREFIXED`,e[e.DELIMITED=2]=`DELIMITED`})(Cr||={});var wr;(function(e){e[e.JSON_FORMAT_UNKNOWN=0]=`JSON_FORMAT_UNKNOWN`,e[e.ALLOW=1]=`ALLOW`,e[e.LEGACY_BEST_EFFORT=2]=`LEGACY_BEST_EFFORT`})(wr||={});var Tr;(function(e){e[e.ENFORCE_NAMING_STYLE_UNKNOWN=0]=`ENFORCE_NAMING_STYLE_UNKNOWN`,e[e.STYLE2024=1]=`STYLE2024`,e[e.STYLE_LEGACY=2]=`STYLE_LEGACY`,e[e.STYLE2026=3]=`STYLE2026`})(Tr||={});var Er;(function(e){e[e.NONE=0]=`NONE`,e[e.SET=1]=`SET`,e[e.ALIAS=2]=`ALIAS`})(Er||={});var Dr;(function(e){e[e.EDITION_UNKNOWN=0]=`EDITION_UNKNOWN`,e[e.EDITION_LEGACY=900]=`EDITION_LEGACY`,e[e.EDITION_PROTO2=998]=`EDITION_PROTO2`,e[e.EDITION_PROTO3=999]=`EDITION_PROTO3`,e[e.EDITION_2023=1e3]=`EDITION_2023`,e[e.EDITION_2024=1001]=`EDITION_2024`,e[e.EDITION_2026=1002]=`EDITION_2026`,e[e.EDITION_UNSTABLE=9999]=`EDITION_UNSTABLE`,e[e.EDITION_1_TEST_ONLY=1]=`EDITION_1_TEST_ONLY`,e[e.EDITION_2_TEST_ONLY=2]=`EDITION_2_TEST_ONLY`,e[e.EDITION_99997_TEST_ONLY=99997]=`EDITION_99997_TEST_ONLY`,e[e.EDITION_99998_TEST_ONLY=99998]=`EDITION_99998_TEST_ONLY`,e[e.EDITION_99999_TEST_ONLY=99999]=`EDITION_99999_TEST_ONLY`,e[e.EDITION_MAX=2147483647]=`EDITION_MAX`})(Dr||={});var Or;(function(e){e[e.VISIBILITY_UNSET=0]=`VISIBILITY_UNSET`,e[e.VISIBILITY_LOCAL=1]=`VISIBILITY_LOCAL`,e[e.VISIBILITY_EXPORT=2]=`VISIBILITY_EXPORT`})(Or||={});function kr(e){return Object.assign(Object.assign({readUnknownFields:!0,recursionLimit:100},e),{depth:0})}function Ar(e,t,n){let r=bn(e);return Mr(e).read(r,new Qe(t),kr(n),t.byteLength),r}var jr=new WeakMap;function Mr(e){let t=jr.get(e);return t===void 0&&(t=Nr(e)),t}function Nr(e){let t=String(e),n=new Map,r={read:Pr(t,n),readGroup:Fr(t,n)};jr.set(e,r);for(let t of e.fields)n.set(t.number,Ir(t));return r}function Pr(e,t){return(n,r,i,a)=>{if(++i.depth>i.recursionLimit)throw Error(`cannot decode ${e} from binary: maximum recursion depth of ${i.recursionLimit} reached`);let o=r.pos+a,s=n.$unknown??[];for(;r.pos<o;){let[e,a]=r.tag(),o=t.get(e);if(o===void 0){let t=r.skip(a,e,i.recursionLimit-i.depth);i.readUnknownFields&&s.push({no:e,wireType:a,data:t})}else o(n,r,i,a)}s.length>0&&(n.$unknown=s),i.depth--}}function Fr(e,t){return(n,r,i,a)=>{if(++i.depth>i.recursionLimit)throw Error(`cannot decode ${e} from binary: maximum recursion depth of ${i.recursionLimit} reached`);let o,s,c=n.$unknown??[];for(;r.pos<r.len&&([o,s]=r.tag(),s!=A.EndGroup);){let e=t.get(o);if(e===void 0){let e=r.skip(s,o,i.recursionLimit-i.depth);i.readUnknownFields&&c.push({no:o,wireType:s,data:e})}else e(n,r,i,s)}if(s!=A.EndGroup||o!==a)throw Error(`invalid end group tag`);c.length>0&&(n.$unknown=c),i.depth--}}function Ir(e){switch(e.fieldKind){case`scalar`:return Lr(e);case`enum`:return Rr(e);case`message`:return zr(e);case`list`:return Vr(e);case`map`:return Hr(e)}}function Lr(e){let t=Ur(e.scalar,e.utf8Validation,e.longAsString),n=e.localName;if(e.oneof){let r=e.oneof.localName;return(e,i)=>{e[r]={case:n,value:t(i)}}}return(e,r)=>{e[n]=t(r)}}function Rr(e){let t=e.localName,n=e.oneof?.localName;if(e.enum.open)return n===void 0?(e,n)=>{e[t]=n.int32()}:(e,r)=>{e[n]={case:t,value:r.int32()}};let r=e.enum.values,i=e.number;return(e,a,o,s)=>{let c=a.int32();if(r.some(e=>e.number===c))n===void 0?e[t]=c:e[n]={case:t,value:c};else if(o.readUnknownFields){let t=[];Oe(c,t);let n=e.$unknown??[];n.push({no:i,wireType:s,data:new Uint8Array(t)}),e.$unknown=n}}}function zr(e){let t=e.localName,{toMessage:n,toLocal:r}=Fn(e),i=Br(e);if(e.oneof){let a=e.oneof.localName;return(e,o,s)=>{let c=e[a],l=n(c.case===t?c.value:void 0);i(l,o,s),e[a]={case:t,value:r(l)}}}return(e,a,o)=>{let s=n(e[t]);i(s,a,o),e[t]=r(s)}}function Br(e){let t=Mr(e.message);if(e.delimitedEncoding){let n=e.number;return(e,r,i)=>t.readGroup(e,r,i,n)}return(e,n,r)=>t.read(e,n,r,n.uint32())}function Vr(e){let t=e.localName;if(e.listKind==`message`){let{toMessage:n,toLocal:r}=Fn(e),i=Br(e);return(e,a,o)=>{let s=n(void 0);i(s,a,o),e[t].push(r(s))}}let n=e.listKind==`enum`?k.INT32:e.scalar,r=e.listKind==`scalar`&&e.longAsString,i=Ur(n,e.utf8Validation,r),a=n!=k.STRING&&n!=k.BYTES;return(e,n,r,o)=>{let s=e[t];if(o==A.LengthDelimited&&a){let e=n.uint32()+n.pos;for(;n.pos<e;)s.push(i(n))}else s.push(i(n))}}function Hr(e){let t=e.localName,n=Ur(e.mapKey,e.utf8Validation,!1),r=Ne(e.mapKey,!1),i,a;switch(e.mapKind){case`scalar`:{let t=e.scalar,n=Ur(t,e.utf8Validation,!1);if(i=e=>n(e),t==k.BYTES)a=()=>new Uint8Array;else{let e=Ne(t,!1);a=()=>e}break}case`enum`:{let t=e.enum.values[0].number;i=e=>e.int32(),a=()=>t;break}case`message`:{let{toMessage:t,toLocal:n}=Fn(e),r=Mr(e.message).read;i=(e,i,a)=>{let o=t(a);return r(o,e,i,e.uint32()),n(o)},a=()=>n(t(void 0));break}}return(e,o,s)=>{let c=e[t],l,u,d=o.uint32(),f=o.pos+d;for(;o.pos<f;){let[e,t]=o.tag();switch(e){case 1:l=n(o);break;case 2:u=i(o,s,u);break;default:o.skip(t,e,s.recursionLimit-s.depth)}}l===void 0&&(l=r),u===void 0&&(u=a()),Fe(c,l,u)}}function Ur(e,t,n){switch(e){case k.STRING:return e=>e.string(t);case k.BOOL:return e=>e.bool();case k.DOUBLE:return e=>e.double();case k.FLOAT:return e=>e.float();case k.INT32:return e=>e.int32();case k.INT64:return n?e=>String(e.int64()):e=>e.int64();case k.UINT64:return n?e=>String(e.uint64()):e=>e.uint64();case k.FIXED64:return n?e=>String(e.fixed64()):e=>e.fixed64();case k.BYTES:return e=>e.bytes();case k.FIXED32:return e=>e.fixed32();case k.SFIXED32:return e=>e.sfixed32();case k.SFIXED64:return n?e=>String(e.sfixed64()):e=>e.sfixed64();case k.SINT64:return n?e=>String(e.sint64()):e=>e.sint64();case k.UINT32:return e=>e.uint32();case k.SINT32:return e=>e.sint32()}}function M(e,t){let n=Ar(sr,rn(e));return n.messageType.forEach(Ie),n.dependency=t?.map(e=>e.proto.name)??[],nt(n,e=>t?.find(t=>t.proto.name===e)).getFile(n.name)}function N(e,t,...n){if(n.length>0)throw Error();return e.services[t]}var Wr=M(btoa(`
fluxhero/v1/access.proto\vfluxhero.v1*K
Role
ROLE_UNSPECIFIED\0\r
	ROLE_READ

ROLE_TRADE

ROLE_ADMINbproto3`)),P=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.READ=1]=`READ`,e[e.TRADE=2]=`TRADE`,e[e.ADMIN=3]=`ADMIN`,e}({}),F=M(btoa(`
google/protobuf/timestamp.protogoogle.protobuf"+
	Timestamp
\x07seconds (\r
nanos (B
com.google.protobufBTimestampProtoPZ2google.golang.org/protobuf/types/known/timestamppbø¢GPBªGoogle.Protobuf.WellKnownTypesbproto3`)),Gr=M(btoa(`
google/protobuf/duration.protogoogle.protobuf"*
\bDuration
\x07seconds (\r
nanos (B
com.google.protobufB\rDurationProtoPZ1google.golang.org/protobuf/types/known/durationpbø¢GPBªGoogle.Protobuf.WellKnownTypesbproto3`)),Kr=M(btoa(`
google/protobuf/any.protogoogle.protobuf"&
Any
\btype_url (	\r
value (\fBv
com.google.protobufB\bAnyProtoPZ,google.golang.org/protobuf/types/known/anypb¢GPBªGoogle.Protobuf.WellKnownTypesbproto3`)),qr=M(btoa(`
 google/protobuf/field_mask.protogoogle.protobuf"
	FieldMask\r
paths (	B
com.google.protobufBFieldMaskProtoPZ2google.golang.org/protobuf/types/known/fieldmaskpbø¢GPBªGoogle.Protobuf.WellKnownTypesbproto3`)),Jr=M(btoa(`
fluxhero/v1/system.proto\vfluxhero.v1"Ô
\x07Session(
phase (2.fluxhero.v1.SessionPhase\f
date (	-
	open_time (\v2.google.protobuf.Timestamp.

close_time (\v2.google.protobuf.Timestamp2
next_open_time (\v2.google.protobuf.Timestamp"Å
Feed\f
name (	

up (\b
detail (	\r
fatal (\b)
since (\v2.google.protobuf.Timestamp3
last_message_at (\v2.google.protobuf.Timestamp&
age\x07 (\v2.google.protobuf.Duration\r
stale\b (\b

reconnects	 (
frames
 (\f
bars\v (
\frevised_bars\f (
quotes\r (
\rtrade_updates ("Ý
\bProgress\r
epoch (	
\vjournal_seq (
\revents_queued (
requests_in_flight (/
\vlast_minute (\v2.google.protobuf.Timestamp1
\rlast_bar_time (\v2.google.protobuf.Timestamp
bars_completed\x07 ("F
\fTradingClock(
time (\v2.google.protobuf.Timestamp\f
rate ("3
Part\f
name (	\r
ready (\b
detail (	"Ö
Counts
open_positions (
foreign_positions (
\vopen_orders (
unknown_orders (
\rsignals_today (
\ftrades_today (
\vopen_alerts\x07 (
\rrejected_bars\b (
\vsubscribers	 ("Ö
Status&
mode (2.fluxhero.v1.TradingMode(
state (2.fluxhero.v1.TradingState
\fstate_detail (	%
\x07session (\v2.fluxhero.v1.Session 
feeds (\v2.fluxhero.v1.Feed'
\bprogress (\v2.fluxhero.v1.Progress(
clock\x07 (\v2.fluxhero.v1.TradingClock 
parts\b (\v2.fluxhero.v1.Part
\x07version	 (	3
\bversions
 (\v2!.fluxhero.v1.Status.VersionsEntry.

started_at\v (\v2.google.protobuf.Timestamp)
uptime\f (\v2.google.protobuf.Duration\v
run\r (
\x07symbols (	
	timeframe (	#
counts (\v2.fluxhero.v1.Counts/
\rVersionsEntry\v
key (	\r
value (	:8"¤
\vConfigEntry\v
key (	\r
value (	)
origin (2.fluxhero.v1.ConfigOrigin
secret (\b

reloadable (\b
\vdescription (	
\rdefault_value\x07 (	"Ë
Alert

id (	\f
code (	,
\bseverity (2.fluxhero.v1.AlertSeverity\f
text (	
symbol (	-
	raised_at (\v2.google.protobuf.Timestamp2
last_raised_at\x07 (\v2.google.protobuf.Timestamp\r
count\b (3
acknowledged_at	 (\v2.google.protobuf.Timestamp
acknowledged_by
 (	\f
note\v (	
remedy\f (	"o
\fJournalEvent\v
seq ((
time (\v2.google.protobuf.Timestamp\f
type (	\f
json (	\f
hash (	"
GetStatusRequest"]
GetStatusResponse#
status (\v2.fluxhero.v1.Status#
caller (\v2.fluxhero.v1.Caller"g
Caller\f
name (	
role (2.fluxhero.v1.Role.

expires_at (\v2.google.protobuf.Timestamp""
GetConfigRequest
prefix (	">
GetConfigResponse)
\x07entries (\v2.fluxhero.v1.ConfigEntry"=
ReloadConfigRequest

request_id (	

reset_keys (	"Y
ReloadConfigResponse)
\x07changed (\v2.fluxhero.v1.ConfigEntry
restart_needed (	"
ListAlertsRequest
	page_size (

page_token (	0
\fmin_severity (2.fluxhero.v1.AlertSeverity\r
codes (	
\x07symbols (	
\facknowledged (\bH\0.

start_time\x07 (\v2.google.protobuf.Timestamp,
\bend_time\b (\v2.google.protobuf.TimestampB
\r_acknowledged"Q
ListAlertsResponse"
alerts (\v2.fluxhero.v1.Alert
next_page_token (	"M
AcknowledgeAlertRequest

request_id (	
\balert_id (	\f
note (	"=
AcknowledgeAlertResponse!
alert (\v2.fluxhero.v1.Alert*q
\vTradingMode
TRADING_MODE_UNSPECIFIED\0
TRADING_MODE_PAPER
TRADING_MODE_LIVE
TRADING_MODE_DEMO*Ð
\fTradingState
TRADING_STATE_UNSPECIFIED\0
TRADING_STATE_STARTING
TRADING_STATE_WARMING
TRADING_STATE_ACTIVE
TRADING_STATE_DEGRADED
TRADING_STATE_HALTED
TRADING_STATE_STOPPING*
\fSessionPhase
SESSION_PHASE_UNSPECIFIED\0
SESSION_PHASE_CLOSED
SESSION_PHASE_PRE_MARKET
SESSION_PHASE_REGULAR
SESSION_PHASE_AFTER_HOURS*²
\fConfigOrigin
CONFIG_ORIGIN_UNSPECIFIED\0
CONFIG_ORIGIN_DEFAULT
CONFIG_ORIGIN_FILE
CONFIG_ORIGIN_ENVIRONMENT
CONFIG_ORIGIN_FLAG
CONFIG_ORIGIN_RUNTIME*
\rAlertSeverity
ALERT_SEVERITY_UNSPECIFIED\0
ALERT_SEVERITY_INFO
ALERT_SEVERITY_WARNING\x1B
ALERT_SEVERITY_CRITICAL2¬
\rSystemServiceJ
	GetStatus.fluxhero.v1.GetStatusRequest.fluxhero.v1.GetStatusResponseJ
	GetConfig.fluxhero.v1.GetConfigRequest.fluxhero.v1.GetConfigResponseS
\fReloadConfig .fluxhero.v1.ReloadConfigRequest!.fluxhero.v1.ReloadConfigResponseM

ListAlerts.fluxhero.v1.ListAlertsRequest.fluxhero.v1.ListAlertsResponse_
AcknowledgeAlert$.fluxhero.v1.AcknowledgeAlertRequest%.fluxhero.v1.AcknowledgeAlertResponsebproto3`),[Wr,Gr,F]),Yr=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.PAPER=1]=`PAPER`,e[e.LIVE=2]=`LIVE`,e[e.DEMO=3]=`DEMO`,e}({}),Xr=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.STARTING=1]=`STARTING`,e[e.WARMING=2]=`WARMING`,e[e.ACTIVE=3]=`ACTIVE`,e[e.DEGRADED=4]=`DEGRADED`,e[e.HALTED=5]=`HALTED`,e[e.STOPPING=6]=`STOPPING`,e}({}),Zr=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.CLOSED=1]=`CLOSED`,e[e.PRE_MARKET=2]=`PRE_MARKET`,e[e.REGULAR=3]=`REGULAR`,e[e.AFTER_HOURS=4]=`AFTER_HOURS`,e}({}),Qr=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.INFO=1]=`INFO`,e[e.WARNING=2]=`WARNING`,e[e.CRITICAL=3]=`CRITICAL`,e}({}),$r=N(Jr,0),ei,I,ti,ni,ri=Object.is,ii=0,ai=[],oi=[],L=e,si=L.__b,ci=L.__r,li=L.diffed,ui=L.__c,di=L.unmount,fi=L.__;function pi(e,t){L.__h&&L.__h(I,e,ii||t),ii=0;var n=I.__H||(I.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function mi(e,t){var n=pi(ei++,3);!L.__s&&wi(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,I.__H.__h.push(n))}function hi(e){return ii=5,gi(function(){return{current:e}},[])}function gi(e,t){var n=pi(ei++,7);return wi(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function _i(){var e=pi(ei++,11);if(!e.__){for(var t=I.__v;!t.__m&&t.__;)t=t.__;var n=t.__m||(t.__m=[0,0]);e.__=`P`+n[0]+`-`+n[1]++}return e.__}function vi(){var e;do{for(;e=oi.shift();)try{Si(e)}catch(t){L.__e(t,{__:(e=e.__P)&&e.__v})}for(;e=ai.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(Si),t.__h.some(Ci),t.__h=[]}catch(n){t.__h=[],L.__e(n,e.__v)}}}while(oi.length)}L.__b=function(e){I=null,si&&si(e)},L.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),fi&&fi(e,t)},L.__r=function(e){ci&&ci(e),ei=0;var t=(I=e.__c).__H;t&&(ti==I?I.__h=[]:(t.__h.some(Si),t.__h.some(Ci),ei=0),t.__h=[],t.__.some(function(e){e.__N&&(e.__=e.__N),e.u=e.__N=void 0})),ti=I},L.diffed=function(e){li&&li(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&xi(ai.push(t)),t.__H.__.some(function(e){e.u&&(e.__H=e.u)})),ti=I=null},L.__c=function(e,t){t.some(function(e){try{e.__h.some(Si),e.__h=e.__h.filter(function(e){return!e.__||Ci(e)})}catch(t){e.__h=[function(){throw t}]}}),ui&&ui(e,t)},L.unmount=function(e){di&&di(e);var t,n,r=e.__c;r&&r.__H&&(r.__H.__.some(function(r){try{if(r.__P&&r.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n&&=n.__c}r.__P=n,xi(oi.push(r))}else Si(r)}catch(e){t=e}}),r.__H=void 0,t&&L.__e(t,r.__v))};var yi=typeof requestAnimationFrame==`function`;function bi(e){var t,n=function(){clearTimeout(r),yi&&cancelAnimationFrame(t),setTimeout(e)},r=setTimeout(n,35);yi&&(t=requestAnimationFrame(n))}function xi(e){e!=1&&ni==L.requestAnimationFrame||((ni=L.requestAnimationFrame)||bi)(vi)}function Si(e){var t=I,n=e.__c;typeof n==`function`&&(e.__c=void 0,n()),I=t}function Ci(e){var t=I;e.__c=e.__(),I=t}function wi(e,t){return!e||e.length!=t.length||t.some(function(t,n){return!ri(t,e[n])})}var Ti=Symbol.for(`preact-signals`);function Ei(){if(ji>1)ji--;else{var e,t=!1;for((function(){var e=Fi;for(Fi=void 0;e!==void 0;){var t=e.S;if(t.v===e.v)for(var n=t.t;n!==void 0;n=n.x)n.i===e.i&&(n.i=t.i);e=e.o}})();Ai!==void 0;){var n=Ai;for(Ai=void 0,Mi++;n!==void 0;){var r=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&Ri(n))try{n.c()}catch(n){t||=(e=n,!0)}n=r}}if(Mi=0,ji--,t)throw e}}function Di(e){if(ji>0)return e();Pi=++Ni,ji++;try{return e()}finally{Ei()}}var Oi,R=void 0;function ki(e){var t=R,n=Oi;R=void 0,Oi=void 0;try{return e()}finally{R=t,Oi=n}}var Ai=void 0,ji=0,Mi=0,Ni=0,Pi=0,Fi=void 0,Ii=0;function Li(e){if(R!==void 0){var t=e.n;if(t===void 0||t.t!==R)return t={i:0,S:e,p:R.s,n:void 0,t:R,e:void 0,x:void 0,r:t},R.s!==void 0&&(R.s.n=t),R.s=t,e.n=t,32&R.f&&e.S(t),t;if(t.i===-1)return t.i=0,t.n!==void 0&&(t.n.p=t.p,t.p!==void 0&&(t.p.n=t.n),t.p=R.s,t.n=void 0,R.s.n=t,R.s=t),t}}function z(e,t){this.v=e,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=t?.watched,this.Z=t?.unwatched,this.name=t?.name}z.prototype.brand=Ti,z.prototype.h=function(){return!0},z.prototype.S=function(e){var t=this,n=this.t;n!==e&&e.e===void 0&&(e.x=n,this.t=e,n===void 0?ki(function(){var e;(e=t.W)==null||e.call(t)}):n.e=e)},z.prototype.U=function(e){var t=this;if(this.t!==void 0){var n=e.e,r=e.x;n!==void 0&&(n.x=r,e.e=void 0),r!==void 0&&(r.e=n,e.x=void 0),e===this.t&&(this.t=r,r===void 0&&ki(function(){var e;(e=t.Z)==null||e.call(t)}))}},z.prototype.subscribe=function(e){var t=this;return Ki(function(){var n=t.value;ki(function(){return e(n)})},{name:`sub`})},z.prototype.valueOf=function(){return this.value},z.prototype.toString=function(){return this.value+``},z.prototype.toJSON=function(){return this.value},z.prototype.peek=function(){var e=this;return ki(function(){return e.value})},Object.defineProperty(z.prototype,"value",{get:function(){var e=Li(this);return e!==void 0&&(e.i=this.i),this.v},set:function(e){if(e!==this.v){if(Mi>100)throw Error(`Cycle detected`);(function(e){ji!==0&&Mi===0&&e.l!==Pi&&(e.l=Pi,Fi={S:e,v:e.v,i:e.i,o:Fi})})(this),this.v=e,this.i++,Ii++,ji++;try{for(var t=this.t;t!==void 0;t=t.x)t.t.N()}finally{Ei()}}}});function B(e,t){return new z(e,t)}function Ri(e){for(var t=e.s;t!==void 0;t=t.n)if(t.S.i!==t.i||!t.S.h()||t.S.i!==t.i)return!0;return!1}function zi(e){for(var t=e.s;t!==void 0;t=t.n){var n=t.S.n;if(n!==void 0&&(t.r=n),t.S.n=t,t.i=-1,t.n===void 0){e.s=t;break}}}function Bi(e){for(var t=e.s,n=void 0;t!==void 0;){var r=t.p;t.i===-1?(t.S.U(t),r!==void 0&&(r.n=t.n),t.n!==void 0&&(t.n.p=r)):n=t,t.S.n=t.r,t.r!==void 0&&(t.r=void 0),t=r}e.s=n}function Vi(e,t){z.call(this,void 0,t),this.x=e,this.s=void 0,this.g=Ii-1,this.f=4}Vi.prototype=new z,Vi.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===Ii))return!0;if(this.g=Ii,this.f|=1,this.i>0&&!Ri(this))return this.f&=-2,!0;var e=R;try{zi(this),R=this;var t=this.x();(16&this.f||this.v!==t||this.i===0)&&(this.v=t,this.f&=-17,this.i++)}catch(e){this.v=e,this.f|=16,this.i++}return R=e,Bi(this),this.f&=-2,!0},Vi.prototype.S=function(e){if(this.t===void 0){this.f|=36;for(var t=this.s;t!==void 0;t=t.n)t.S.S(t)}z.prototype.S.call(this,e)},Vi.prototype.U=function(e){if(this.t!==void 0&&(z.prototype.U.call(this,e),this.t===void 0)){this.f&=-33;for(var t=this.s;t!==void 0;t=t.n)t.S.U(t)}},Vi.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var e=this.t;e!==void 0;e=e.x)e.t.N()}},Object.defineProperty(Vi.prototype,"value",{get:function(){if(1&this.f)throw Error(`Cycle detected`);var e=Li(this);if(this.h(),e!==void 0&&(e.i=this.i),16&this.f)throw this.v;return this.v}});function V(e,t){return new Vi(e,t)}function Hi(e){var t=e.j;if(e.j=void 0,typeof t==`function`){ji++;var n=R;R=void 0;try{t()}catch(t){throw e.f&=-2,e.f|=8,Ui(e),t}finally{R=n,Ei()}}}function Ui(e){for(var t=e.s;t!==void 0;t=t.n)t.S.U(t);e.x=void 0,e.s=void 0,Hi(e)}function Wi(e){if(R!==this)throw Error(`Out-of-order effect`);Bi(this),R=e,this.f&=-2;try{8&this.f&&Ui(this)}finally{Ei()}}function Gi(e,t){this.x=e,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=t?.name,Oi&&Oi.push(this)}Gi.prototype.c=function(){var e=this.S();try{if(8&this.f||this.x===void 0)return;var t=this.x();typeof t==`function`&&(this.j=t)}finally{e()}},Gi.prototype.S=function(){if(1&this.f)throw Error(`Cycle detected`);this.f|=1,this.f&=-9,Hi(this),zi(this),ji++;var e=R;return R=this,Wi.bind(this,e)},Gi.prototype.N=function(){2&this.f||(this.f|=2,this.u=Ai,Ai=this)},Gi.prototype.d=function(){this.f|=8,1&this.f||Ui(this)},Gi.prototype.dispose=function(){this.d()};function Ki(e,t){var n=new Gi(e,t);try{n.c()}catch(e){throw n.d(),e}var r=n.d.bind(n);return r[Symbol.dispose]=r,r}var qi,Ji,Yi,Xi=typeof window<`u`&&!!window.__PREACT_SIGNALS_DEVTOOLS__,Zi=[],Qi=[];Ki(function(){qi=this.N})();function $i(t,n){e[t]=n.bind(null,e[t]||function(){})}function ea(e){if(Yi){var t=Yi;Yi=void 0,t()}Yi=e&&e.S()}function ta(e){var t=this,r=e.data,i=H(r);i.name=`ReactiveDom`,i.value=r;var a=gi(function(){for(var e=t,r=t.__v;r=r.__;)if(r.__c){r.__c.__$f|=4;break}var a=V(function(){var e=i.value.value;return e===0?0:!0===e?``:e||``}),o=V(function(){return!Array.isArray(a.value)&&!n(a.value)}),s=Ki(function(){if(this.N=ca,o.value){var t=a.value;e.__v&&e.__v.__e&&e.__v.__e.nodeType===3&&(e.__v.__e.data=t)}}),c=t.__$u.d;return t.__$u.d=function(){s(),c.call(this)},[o,a]},[]),o=a[0],s=a[1];return o.value?s.peek():s.value}ta.displayName=`ReactiveTextNode`,Object.defineProperties(z.prototype,{constructor:{configurable:!0,value:y(x,null).constructor},type:{configurable:!0,value:ta},props:{configurable:!0,get:function(){var e=this;return{data:{get value(){return e.value}}}}},__b:{configurable:!0,value:1}}),$i(`__b`,function(e,t){if(ea(),Ji=void 0,typeof t.type==`string`){var n,r=t.props;for(var i in r)if(i!==`children`){var a=r[i];a instanceof z&&(n||(t.__np=n={}),n[i]=a,r[i]=a.peek())}}e(t)}),$i(`__r`,function(e,t){if(e(t),t.type!==x){ea();var n,r=t.__c;r&&(r.__$f&=-2,(n=r.__$u)===void 0&&(r.__$u=n=function(e,t){var n;return Ki(function(){n=this},{name:t}),n.c=e,n}(function(e){return function(){var t;Xi&&((t=this.y)==null||t.call(this)),e.__$f|=1,e.setState({})}}(r),typeof t.type==`function`?t.type.displayName||t.type.name:``))),Ji=r,ea(n)}}),$i(`__e`,function(e,t,n,r){ea(),Ji=void 0,e(t,n,r)}),$i(`diffed`,function(e,t){ea(),Ji=void 0;var n;if(typeof t.type==`string`&&(n=t.__e)){var r=t.__np,i=t.props,a=n.U;if(a)for(var o in a){var s=a[o];s===void 0||r&&o in r||(s.d(),a[o]=void 0)}if(r)for(var c in a||(a={},n.U=a),r){var l=a[c],u=r[c];l===void 0?(l=na(n,c,u,i),a[c]=l):l.o(u,i)}}e(t)});function na(e,t,n,r){var i=t in e&&e.ownerSVGElement===void 0,a=B(n);return{o:function(e,t){a.value=e,r=t},d:Ki(function(){this.N=ca;var n=a.value.value;r[t]!==n&&(r[t]=n,i?e[t]=n:n!=null&&(!1!==n||t[4]===`-`)?e.setAttribute(t,n):e.removeAttribute(t))})}}$i(`unmount`,function(e,t){if(typeof t.type==`string`){var n=t.__e;if(n){var r=n.U;if(r)for(var i in n.U=void 0,r){var a=r[i];a&&a.d()}}var o=t.__np;if(o){var s=t.props;for(var c in o)s[c]=o[c]}t.__np=void 0}else{var l=t.__c;if(l){l.__$f|=8;var u=l.__$u;u&&(l.__$u=void 0,u.d())}}e(t)}),$i(`__h`,function(e,t,n,r){r<3&&(t.__$f|=2),e(t,n,r)}),S.prototype.shouldComponentUpdate=function(e,t){if(this.__R)return!0;var n=this.__$u,r=n&&n.s!==void 0;for(var i in t)return!0;if(this.__f||typeof this.u==`boolean`&&!0===this.u){var a=2&this.__$f;if(!(r||a||4&this.__$f)||1&this.__$f)return!0}else if(!(r||4&this.__$f)||3&this.__$f)return!0;for(var o in e)if(o!==`__source`&&e[o]!==this.props[o])return!0;for(var s in this.props)if(!(s in e))return!0;return!1};function H(e,t){return gi(function(){return B(e,t)},[])}var ra=typeof requestAnimationFrame>`u`?setTimeout:function(e){var t=function(){clearTimeout(n),cancelAnimationFrame(r),e()},n=setTimeout(t,35),r=requestAnimationFrame(t)},ia=function(e){queueMicrotask(function(){queueMicrotask(e)})};function aa(){Di(function(){for(var e;e=Zi.shift();)qi.call(e)})}function oa(){Zi.push(this)===1&&(e.requestAnimationFrame||ra)(aa)}function sa(){Di(function(){for(var e;e=Qi.shift();)qi.call(e)})}function ca(){Qi.push(this)===1&&(e.requestAnimationFrame||ia)(sa)}function la(e,t){var n=hi(e);n.current=e;var r=Ji;mi(function(){return Ki(function(){if(this.N=oa,!(r&&8&r.__$f))return n.current()},t)},[])}var ua=M(btoa(`
fluxhero/v1/account.proto\vfluxhero.v1"°
\x07Account

account_id (	
equity (	\f
cash (	
\fbuying_power (	
\vlast_equity (	
\x07day_pnl (	
\vday_pnl_pct\x07 (
\bexposure\b (	
\fexposure_pct	 (
unrealized_pnl
 (	
realized_pnl_today\v (	
\vbroker_cash\f (	
\rbroker_equity\r (	)
as_of (\v2.google.protobuf.Timestamp0
\fbroker_as_of (\v2.google.protobuf.Timestamp
\x07blocked (\b
shorting_enabled (\b

multiplier ("}
\vEquityPoint(
time (\v2.google.protobuf.Timestamp
equity (	\f
cash (	
\bexposure (	
\fdrawdown_pct ("
GetAccountRequest";
GetAccountResponse%
\x07account (\v2.fluxhero.v1.Account"Ï
GetEquityCurveRequest
	page_size (

page_token (	.

start_time (\v2.google.protobuf.Timestamp,
\bend_time (\v2.google.protobuf.Timestamp1

resolution (2.fluxhero.v1.EquityResolution"[
GetEquityCurveResponse(
points (\v2.fluxhero.v1.EquityPoint
next_page_token (	*
EquityResolution!
EQUITY_RESOLUTION_UNSPECIFIED\0
EQUITY_RESOLUTION_ALL
EQUITY_RESOLUTION_HOUR
EQUITY_RESOLUTION_SESSION2º
AccountServiceM

GetAccount.fluxhero.v1.GetAccountRequest.fluxhero.v1.GetAccountResponseY
GetEquityCurve".fluxhero.v1.GetEquityCurveRequest#.fluxhero.v1.GetEquityCurveResponsebproto3`),[F]),da=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.ALL=1]=`ALL`,e[e.HOUR=2]=`HOUR`,e[e.SESSION=3]=`SESSION`,e}({}),fa=N(ua,0),pa=M(btoa(`
fluxhero/v1/common.proto\vfluxhero.v1*v

StreamKind\x1B
STREAM_KIND_UNSPECIFIED\0
STREAM_KIND_SNAPSHOT
STREAM_KIND_UPDATE
STREAM_KIND_HEARTBEAT*°
SnapshotReason
\x1BSNAPSHOT_REASON_UNSPECIFIED\0
SNAPSHOT_REASON_SUBSCRIBED\x1B
SNAPSHOT_REASON_RESUMED
SNAPSHOT_REASON_PAST_GONE!
SNAPSHOT_REASON_EPOCH_CHANGED*×
Topic
TOPIC_UNSPECIFIED\0
\fTOPIC_PRICES

TOPIC_BARS
TOPIC_INDICATORS
TOPIC_POSITIONS
\fTOPIC_ORDERS
\rTOPIC_SIGNALS
\rTOPIC_ACCOUNT\x07

TOPIC_RISK\b
\fTOPIC_STATUS	
\fTOPIC_ALERTS
*9
Side
SIDE_UNSPECIFIED\0\f
\bSIDE_BUY\r
	SIDE_SELL*^
\fPositionSide
POSITION_SIDE_UNSPECIFIED\0
POSITION_SIDE_LONG
POSITION_SIDE_SHORT*
\fStrategyMode
STRATEGY_MODE_UNSPECIFIED\0
STRATEGY_MODE_TREND 
STRATEGY_MODE_MEAN_REVERSION
STRATEGY_MODE_MANUAL*h
Regime
REGIME_UNSPECIFIED\0
REGIME_MEAN_REVERSION
REGIME_NEUTRAL
REGIME_STRONG_TREND*
VolatilityState 
VOLATILITY_STATE_UNSPECIFIED\0
VOLATILITY_STATE_LOW\x1B
VOLATILITY_STATE_NORMAL
VOLATILITY_STATE_HIGH*f
\x07Verdict
VERDICT_UNSPECIFIED\0
VERDICT_PASSED
VERDICT_FAILED
VERDICT_NOT_APPLICABLEbproto3`)),ma=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.SNAPSHOT=1]=`SNAPSHOT`,e[e.UPDATE=2]=`UPDATE`,e[e.HEARTBEAT=3]=`HEARTBEAT`,e}({}),ha=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.SUBSCRIBED=1]=`SUBSCRIBED`,e[e.RESUMED=2]=`RESUMED`,e[e.PAST_GONE=3]=`PAST_GONE`,e[e.EPOCH_CHANGED=4]=`EPOCH_CHANGED`,e}({}),U=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.PRICES=1]=`PRICES`,e[e.BARS=2]=`BARS`,e[e.INDICATORS=3]=`INDICATORS`,e[e.POSITIONS=4]=`POSITIONS`,e[e.ORDERS=5]=`ORDERS`,e[e.SIGNALS=6]=`SIGNALS`,e[e.ACCOUNT=7]=`ACCOUNT`,e[e.RISK=8]=`RISK`,e[e.STATUS=9]=`STATUS`,e[e.ALERTS=10]=`ALERTS`,e}({}),ga=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.BUY=1]=`BUY`,e[e.SELL=2]=`SELL`,e}({}),_a=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.LONG=1]=`LONG`,e[e.SHORT=2]=`SHORT`,e}({}),va=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.TREND=1]=`TREND`,e[e.MEAN_REVERSION=2]=`MEAN_REVERSION`,e[e.MANUAL=3]=`MANUAL`,e}({}),ya=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.MEAN_REVERSION=1]=`MEAN_REVERSION`,e[e.NEUTRAL=2]=`NEUTRAL`,e[e.STRONG_TREND=3]=`STRONG_TREND`,e}({}),ba=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.LOW=1]=`LOW`,e[e.NORMAL=2]=`NORMAL`,e[e.HIGH=3]=`HIGH`,e}({}),xa=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.PASSED=1]=`PASSED`,e[e.FAILED=2]=`FAILED`,e[e.NOT_APPLICABLE=3]=`NOT_APPLICABLE`,e}({}),Sa=M(btoa(`
fluxhero/v1/risk.proto\vfluxhero.v1"°
	RiskCheck\f
code (	
limit (H\0
actual (H
\bheadroom (H%
\x07verdict (2.fluxhero.v1.Verdict\f
text (	B\b
_limitB	
\x07_actualB\v
	_headroom"G

SizingStep\f
name (	
before (\r
after (\f
text (	"Á
\fRiskDecision)
\x07verdict (2.fluxhero.v1.RiskVerdict
\vreason_code (	
reason (	&
checks (\v2.fluxhero.v1.RiskCheck'
sizing (\v2.fluxhero.v1.SizingStep
\bquantity ("Ú

RiskLimits
\rtrend_risk_bp (H\0#
mean_reversion_risk_bp (H
max_position_bp (H
max_exposure_bp (H
\rmax_positions (H
neutral_size_bp (H
\rspike_size_bp\x07 (H
correlation_limit\b (H\x07
correlated_size_bp	 (H\b 
warning_drawdown_bp
 (H	!
recovery_drawdown_bp\v (H
!
critical_drawdown_bp\f (H\v
reduced_size_bp\r (H\f
\rdaily_loss_bp (H\r
correlation_basis (	H
daily_loss_resumes (	HB
_trend_risk_bpB
_mean_reversion_risk_bpB
_max_position_bpB
_max_exposure_bpB
_max_positionsB
_neutral_size_bpB
_spike_size_bpB
_correlation_limitB
_correlated_size_bpB
_warning_drawdown_bpB
_recovery_drawdown_bpB
_critical_drawdown_bpB
_reduced_size_bpB
_daily_loss_bpB
_correlation_basisB
_daily_loss_resumes"¥
Risk'
limits (\v2.fluxhero.v1.RiskLimits
limits_revision (	%
usage (\v2.fluxhero.v1.RiskCheck*
\x07breaker (2.fluxhero.v1.BreakerState
breaker_latched (\b
breaker_reason (	6
breaker_changed_at\x07 (\v2.google.protobuf.Timestamp
halted\b (\b
\vhalt_reason	 (	
	halted_by
 (	-
	halted_at\v (\v2.google.protobuf.Timestamp
daily_loss_reached\f (\b
equity\r (	
\vpeak_equity (	
\fdrawdown_pct (
\x07day_pnl (	
\vday_pnl_pct (
\bexposure (	
\fexposure_pct (
open_positions (
\rrisk_deployed (	
size_multiplier_bp (
unprotected_shares (!
unprotected_share_seconds ("
reconciliation_differences ()
as_of (\v2.google.protobuf.Timestamp:
\vdifferences\x1B (\v2%.fluxhero.v1.ReconciliationDifference"¥
ReconciliationDifference
\x07subject (	
symbol (	\f
ours (	
theirs (	\f
rule (	)
since (\v2.google.protobuf.Timestamp
	confirmed\x07 (\b"Ó
\fPositionRisk
symbol (	'
side (2.fluxhero.v1.PositionSide
\bquantity (\r
value (	
	value_pct (
\frisk_at_stop (	H\0
\floss_to_stop\x07 (	HB
\r_risk_at_stopB
\r_loss_to_stop"µ
UnprotectedSpan
symbol (	
shares (.

start_time (\v2.google.protobuf.Timestamp,
\bend_time (\v2.google.protobuf.Timestamp\r
cause (	
\rshare_seconds ("M
\vCorrelation
symbol (	
\fother_symbol (	
rho (H\0B
_rho"÷

RiskReport)
as_of (\v2.google.protobuf.Timestamp
equity (	
\vpeak_equity (	
\fdrawdown_pct (
max_drawdown_pct (
\rlong_exposure (	
short_exposure\x07 (	
working_exposure\b (	
\fexposure_pct	 (
\rrisk_deployed
 (	
risk_deployed_pct\v (
worst_case_equity\f (	
largest_position\r (	,
	positions (\v2.fluxhero.v1.PositionRisk.
\fcorrelations (\v2.fluxhero.v1.Correlation\f
text (	7
unprotected_spans (\v2.fluxhero.v1.UnprotectedSpan"
GetRiskRequest"2
GetRiskResponse
risk (\v2.fluxhero.v1.Risk"
GetRiskReportRequest"@
GetRiskReportResponse'
report (\v2.fluxhero.v1.RiskReport"¥
UpdateLimitsRequest

request_id (	'
limits (\v2.fluxhero.v1.RiskLimits/
\vupdate_mask (\v2.google.protobuf.FieldMask
\brevision (	
reason (	"7
UpdateLimitsResponse
risk (\v2.fluxhero.v1.Risk"1
\vHaltRequest

request_id (	
reason (	"L
\fHaltResponse
risk (\v2.fluxhero.v1.Risk\x1B
canceling_order_ids (	"3
\rResumeRequest

request_id (	
reason (	"1
ResumeResponse
risk (\v2.fluxhero.v1.Risk"M
FlattenRequest

request_id (	
reason (	
include_foreign (\b"h
FlattenResponse
risk (\v2.fluxhero.v1.Risk\x1B
canceling_order_ids (	
closing_symbols (	"d
ResetBreakerRequest

request_id (	
reason (	)
target (2.fluxhero.v1.BreakerState"7
ResetBreakerResponse
risk (\v2.fluxhero.v1.Risk*
\vRiskVerdict
RISK_VERDICT_UNSPECIFIED\0
RISK_VERDICT_APPROVED)
%RISK_VERDICT_APPROVED_WITH_ADJUSTMENT
RISK_VERDICT_REJECTED*~
\fBreakerState
BREAKER_STATE_UNSPECIFIED\0
BREAKER_STATE_NORMAL
BREAKER_STATE_REDUCED
BREAKER_STATE_DISABLED2
\vRiskServiceD
\x07GetRisk\x1B.fluxhero.v1.GetRiskRequest.fluxhero.v1.GetRiskResponseV
\rGetRiskReport!.fluxhero.v1.GetRiskReportRequest".fluxhero.v1.GetRiskReportResponseS
\fUpdateLimits .fluxhero.v1.UpdateLimitsRequest!.fluxhero.v1.UpdateLimitsResponse;
Halt.fluxhero.v1.HaltRequest.fluxhero.v1.HaltResponseA
Resume.fluxhero.v1.ResumeRequest\x1B.fluxhero.v1.ResumeResponseD
\x07Flatten\x1B.fluxhero.v1.FlattenRequest.fluxhero.v1.FlattenResponseS
\fResetBreaker .fluxhero.v1.ResetBreakerRequest!.fluxhero.v1.ResetBreakerResponsebproto3`),[pa,qr,F]),Ca=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.APPROVED=1]=`APPROVED`,e[e.APPROVED_WITH_ADJUSTMENT=2]=`APPROVED_WITH_ADJUSTMENT`,e[e.REJECTED=3]=`REJECTED`,e}({}),wa=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.NORMAL=1]=`NORMAL`,e[e.REDUCED=2]=`REDUCED`,e[e.DISABLED=3]=`DISABLED`,e}({}),Ta=N(Sa,0),Ea=M(btoa(`
fluxhero/v1/order.proto\vfluxhero.v1"õ
Order

id (	
broker_order_id (	
symbol (	
side (2.fluxhero.v1.Side$
type (2.fluxhero.v1.OrderType/
\rtime_in_force (2.fluxhero.v1.TimeInForce&
state\x07 (2.fluxhero.v1.OrderState$
role\b (2.fluxhero.v1.OrderRole
manual	 (\b
	parent_id
 (	
\vreplaces_id\v (	
	signal_id\f (	
\bquantity\r (
filled_quantity (
remaining_quantity (
\vlimit_price (	H\0

stop_price (	H
stop_loss_price (	H
average_fill_price (	H
\ffilled_value (	
\vchase_count (.

created_at (\v2.google.protobuf.Timestamp0
\fsubmitted_at (\v2.google.protobuf.Timestamp.

updated_at (\v2.google.protobuf.Timestamp,
\bended_at (\v2.google.protobuf.Timestamp
reason (	

last_event\x1B (	
\frequested_by (	B
\f_limit_priceB\r
\v_stop_priceB
_stop_loss_priceB
_average_fill_price"È
Fill
\fexecution_id (	
\border_id (	
symbol (	
side (2.fluxhero.v1.Side
\bquantity (\r
price (	\r
value\x07 (	\r
exact\b (\b(
time	 (\v2.google.protobuf.Timestamp"¨
OrderHistoryEntry(
time (\v2.google.protobuf.Timestamp\r
event (	&
state (2.fluxhero.v1.OrderState
filled_quantity (\f
text (	\v
seq ("³
PreviewOrderRequest
symbol (	
side (2.fluxhero.v1.Side
\bquantity ($
type (2.fluxhero.v1.OrderType/
\rtime_in_force (2.fluxhero.v1.TimeInForce
\vlimit_price\x07 (	H\0

stop_price\b (	H
stop_loss_price	 (	HB
\f_limit_priceB\r
\v_stop_priceB
_stop_loss_price"i
PreviewOrderResponse+
\bdecision (\v2.fluxhero.v1.RiskDecision$
role (2.fluxhero.v1.OrderRole"Þ
PlaceOrderRequest

request_id (	
symbol (	
side (2.fluxhero.v1.Side
\bquantity ($
type (2.fluxhero.v1.OrderType/
\rtime_in_force (2.fluxhero.v1.TimeInForce
\vlimit_price\x07 (	H\0

stop_price\b (	H
stop_loss_price	 (	H
accept_adjusted
 (\bB
\f_limit_priceB\r
\v_stop_priceB
_stop_loss_price"d
PlaceOrderResponse!
order (\v2.fluxhero.v1.Order+
\bdecision (\v2.fluxhero.v1.RiskDecision":
CancelOrderRequest

request_id (	
\border_id (	"8
CancelOrderResponse!
order (\v2.fluxhero.v1.Order"=
CancelAllOrdersRequest

request_id (	
\x07symbols (	"=
CancelAllOrdersResponse"
orders (\v2.fluxhero.v1.Order"Ê
ReplaceOrderRequest

request_id (	
\border_id (	
\bquantity (H\0
\vlimit_price (	H

stop_price (	H
accept_adjusted (\bB\v
	_quantityB
\f_limit_priceB\r
\v_stop_price"f
ReplaceOrderResponse!
order (\v2.fluxhero.v1.Order+
\bdecision (\v2.fluxhero.v1.RiskDecision"#
GetOrderRequest
\border_id (	"
GetOrderResponse!
order (\v2.fluxhero.v1.Order 
fills (\v2.fluxhero.v1.Fill/
\x07history (\v2.fluxhero.v1.OrderHistoryEntry"È
ListOrdersRequest
	page_size (

page_token (	
\x07symbols (	'
states (2.fluxhero.v1.OrderState%
roles (2.fluxhero.v1.OrderRole
open (\bH\0
manual\x07 (\bH
	signal_id\b (	.

start_time	 (\v2.google.protobuf.Timestamp,
\bend_time
 (\v2.google.protobuf.TimestampB\x07
_openB	
\x07_manual"Q
ListOrdersResponse"
orders (\v2.fluxhero.v1.Order
next_page_token (	*i
	OrderType
ORDER_TYPE_UNSPECIFIED\0
ORDER_TYPE_MARKET
ORDER_TYPE_LIMIT
ORDER_TYPE_STOP*Z
\vTimeInForce
TIME_IN_FORCE_UNSPECIFIED\0
TIME_IN_FORCE_DAY
TIME_IN_FORCE_GTC*

OrderState\x1B
ORDER_STATE_UNSPECIFIED\0
ORDER_STATE_NEW
ORDER_STATE_SUBMITTING
ORDER_STATE_PENDING 
ORDER_STATE_PARTIALLY_FILLED
ORDER_STATE_CANCELING
ORDER_STATE_REPLACING
ORDER_STATE_FILLED\x07
ORDER_STATE_CANCELED\b
ORDER_STATE_EXPIRED	
ORDER_STATE_REJECTED

ORDER_STATE_UNKNOWN\v
ORDER_STATE_NOT_RECEIVED\f
ORDER_STATE_REPLACED\r*
	OrderRole
ORDER_ROLE_UNSPECIFIED\0
ORDER_ROLE_ENTRY
ORDER_ROLE_EXIT
ORDER_ROLE_STOP\x1B
ORDER_ROLE_FOREIGN_STOP2Ï
\fOrderServiceS
\fPreviewOrder .fluxhero.v1.PreviewOrderRequest!.fluxhero.v1.PreviewOrderResponseM

PlaceOrder.fluxhero.v1.PlaceOrderRequest.fluxhero.v1.PlaceOrderResponseP
\vCancelOrder.fluxhero.v1.CancelOrderRequest .fluxhero.v1.CancelOrderResponse\\
CancelAllOrders#.fluxhero.v1.CancelAllOrdersRequest$.fluxhero.v1.CancelAllOrdersResponseS
\fReplaceOrder .fluxhero.v1.ReplaceOrderRequest!.fluxhero.v1.ReplaceOrderResponseG
\bGetOrder.fluxhero.v1.GetOrderRequest.fluxhero.v1.GetOrderResponseM

ListOrders.fluxhero.v1.ListOrdersRequest.fluxhero.v1.ListOrdersResponsebproto3`),[pa,Sa,F]),Da=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.MARKET=1]=`MARKET`,e[e.LIMIT=2]=`LIMIT`,e[e.STOP=3]=`STOP`,e}({}),Oa=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.DAY=1]=`DAY`,e[e.GTC=2]=`GTC`,e}({}),W=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.NEW=1]=`NEW`,e[e.SUBMITTING=2]=`SUBMITTING`,e[e.PENDING=3]=`PENDING`,e[e.PARTIALLY_FILLED=4]=`PARTIALLY_FILLED`,e[e.CANCELING=5]=`CANCELING`,e[e.REPLACING=6]=`REPLACING`,e[e.FILLED=7]=`FILLED`,e[e.CANCELED=8]=`CANCELED`,e[e.EXPIRED=9]=`EXPIRED`,e[e.REJECTED=10]=`REJECTED`,e[e.UNKNOWN=11]=`UNKNOWN`,e[e.NOT_RECEIVED=12]=`NOT_RECEIVED`,e[e.REPLACED=13]=`REPLACED`,e}({}),ka=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.ENTRY=1]=`ENTRY`,e[e.EXIT=2]=`EXIT`,e[e.STOP=3]=`STOP`,e[e.FOREIGN_STOP=4]=`FOREIGN_STOP`,e}({}),Aa=N(Ea,0),ja=M(btoa(`
fluxhero/v1/market.proto\vfluxhero.v1"Ü
Price
symbol (	\r
price (
bid (H\0
ask (H(
time (\v2.google.protobuf.Timestamp\x1B
previous_close (H

change_pct\x07 (HB
_bidB
_askB
_previous_closeB\r
\v_change_pct"
Bar
symbol (	
	timeframe (	.

start_time (\v2.google.protobuf.Timestamp,
\bend_time (\v2.google.protobuf.Timestamp\f
open (\f
high (\v
low\x07 (\r
close\b (
volume	 (#
regime
 (2.fluxhero.v1.Regime
\x07decided\v (\b"ß\x07

Indicators
symbol (	
	timeframe (	2
bar_start_time (\v2.google.protobuf.Timestamp0
\fbar_end_time (\v2.google.protobuf.Timestamp\r
close (
volume (
sma\x07 (H\0
ema\b (H
kama	 (H
efficiency_ratio
 (H
rsi\v (H
atr\f (H
\vatr_average\r (H
adx (H\x07
\x07plus_di (H\b
\bminus_di (H	

upper_band (H


lower_band (H\v
slope (H\f
	r_squared (H\r\x1B
average_volume (H#
regime (2.fluxhero.v1.Regime'

raw_regime (2.fluxhero.v1.Regime0

volatility (2.fluxhero.v1.VolatilityState\r
valid (\b
\vspike_ratio (H
volatility_spike\x1B (\b

long_above (H
\vshort_below (HB
_smaB
_emaB\x07
_kamaB
_efficiency_ratioB
_rsiB
_atrB
\f_atr_averageB
_adxB

\b_plus_diB\v
	_minus_diB\r
\v_upper_bandB\r
\v_lower_bandB\b
_slopeB\f

_r_squaredB
_average_volumeB
\f_spike_ratioB\r
\v_long_aboveB
\f_short_below"§
Symbol
symbol (	'
state (2.fluxhero.v1.SymbolState
detail (	
\x07enabled (\b
	shortable (\b
easy_to_borrow (\b\f
bars\x07 (
\vbars_needed\b (1
\rlast_bar_time	 (\v2.google.protobuf.Timestamp#
regime
 (2.fluxhero.v1.Regime<
\rrejected_bars\v (\v2%.fluxhero.v1.Symbol.RejectedBarsEntry
\frevised_bars\f (
\foutside_bars\r (3
RejectedBarsEntry\v
key (	\r
value (:8"Ô
GetBarsRequest
symbol (	
	timeframe (	.

start_time (\v2.google.protobuf.Timestamp,
\bend_time (\v2.google.protobuf.Timestamp
	page_size (

page_token (	
include_indicators\x07 (\b"w
GetBarsResponse
bars (\v2.fluxhero.v1.Bar
next_page_token (	+

indicators (\v2.fluxhero.v1.Indicators"!
GetQuoteRequest
symbol (	"5
GetQuoteResponse!
price (\v2.fluxhero.v1.Price"P
GetIndicatorsRequest
symbol (	(
time (\v2.google.protobuf.Timestamp"D
GetIndicatorsResponse+

indicators (\v2.fluxhero.v1.Indicators"e
ListSymbolsRequest
	page_size (

page_token (	(
states (2.fluxhero.v1.SymbolState"T
ListSymbolsResponse$
\x07symbols (\v2.fluxhero.v1.Symbol
next_page_token (	"6
AddSymbolRequest

request_id (	
symbol (	"8
AddSymbolResponse#
symbol (\v2.fluxhero.v1.Symbol"9
RemoveSymbolRequest

request_id (	
symbol (	"'
RemoveSymbolResponse
\x07symbols (	*Ê
\vSymbolState
SYMBOL_STATE_UNSPECIFIED\0
SYMBOL_STATE_WARMING
SYMBOL_STATE_ACTIVE
SYMBOL_STATE_DISABLED
SYMBOL_STATE_HALTED
SYMBOL_STATE_FROZEN
SYMBOL_STATE_NOT_TRADABLE2é
\rMarketServiceD
\x07GetBars\x1B.fluxhero.v1.GetBarsRequest.fluxhero.v1.GetBarsResponseG
\bGetQuote.fluxhero.v1.GetQuoteRequest.fluxhero.v1.GetQuoteResponseV
\rGetIndicators!.fluxhero.v1.GetIndicatorsRequest".fluxhero.v1.GetIndicatorsResponseP
\vListSymbols.fluxhero.v1.ListSymbolsRequest .fluxhero.v1.ListSymbolsResponseJ
	AddSymbol.fluxhero.v1.AddSymbolRequest.fluxhero.v1.AddSymbolResponseS
\fRemoveSymbol .fluxhero.v1.RemoveSymbolRequest!.fluxhero.v1.RemoveSymbolResponsebproto3`),[pa,F]),Ma=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.WARMING=1]=`WARMING`,e[e.ACTIVE=2]=`ACTIVE`,e[e.DISABLED=3]=`DISABLED`,e[e.HALTED=4]=`HALTED`,e[e.FROZEN=5]=`FROZEN`,e[e.NOT_TRADABLE=6]=`NOT_TRADABLE`,e}({}),Na=N(ja,0),Pa=M(btoa(`
fluxhero/v1/signal.proto\vfluxhero.v1"é
Rule\f
name (	
value (H\0

comparison (	
	threshold (H
\bdistance (H%
\x07verdict (2.fluxhero.v1.Verdict\f
text\x07 (	
\bflips_at\b (HB\b
_valueB\f

_thresholdB\v
	_distanceB\v
	_flips_at"î
Signal

id (	
symbol (	%
kind (2.fluxhero.v1.SignalKind'
mode (2.fluxhero.v1.StrategyMode
\x07neutral (\b#
regime (2.fluxhero.v1.Regime2
bar_start_time\x07 (\v2.google.protobuf.Timestamp.

decided_at\b (\v2.google.protobuf.Timestamp\r
price	 (+

indicators
 (\v2.fluxhero.v1.Indicators 
rules\v (\v2.fluxhero.v1.Rule
\rentry_trigger\f (	\x1B
noise_filter_passed\r (\b
volume_validated (\b

stop_price (	H\0
\ftarget_price (	H
\vrisk_amount (	H
\x07risk_bp ('
risk (\v2.fluxhero.v1.RiskDecision
\x07outcome (	
\foutcome_text (	
	order_ids (	 
fills (\v2.fluxhero.v1.Fill
\btrade_id (	\f
text (	B\r
\v_stop_priceB
\r_target_priceB
\f_risk_amount"
SmallestChange%
kind (2.fluxhero.v1.SignalKind'
mode (2.fluxhero.v1.StrategyMode 
rules (\v2.fluxhero.v1.Rule\f
text (	"
ListSignalsRequest
	page_size (

page_token (	
\x07symbols (	&
kinds (2.fluxhero.v1.SignalKind(
modes (2.fluxhero.v1.StrategyMode
\boutcomes (	.

start_time\x07 (\v2.google.protobuf.Timestamp,
\bend_time\b (\v2.google.protobuf.Timestamp"T
ListSignalsResponse$
\x07signals (\v2.fluxhero.v1.Signal
next_page_token (	"%
GetSignalRequest
	signal_id (	"8
GetSignalResponse#
signal (\v2.fluxhero.v1.Signal"J
ExplainRequest
symbol (	(
time (\v2.google.protobuf.Timestamp"~
ExplainResponse#
signal (\v2.fluxhero.v1.Signal
\x07why_not (	5
smallest_changes (\v2\x1B.fluxhero.v1.SmallestChange*£

SignalKind\x1B
SIGNAL_KIND_UNSPECIFIED\0
SIGNAL_KIND_NONE
SIGNAL_KIND_LONG
SIGNAL_KIND_SHORT
SIGNAL_KIND_EXIT_LONG
SIGNAL_KIND_EXIT_SHORT2ó
\rSignalServiceP
\vListSignals.fluxhero.v1.ListSignalsRequest .fluxhero.v1.ListSignalsResponseJ
	GetSignal.fluxhero.v1.GetSignalRequest.fluxhero.v1.GetSignalResponseD
\x07Explain\x1B.fluxhero.v1.ExplainRequest.fluxhero.v1.ExplainResponsebproto3`),[pa,ja,Ea,Sa,F]),Fa=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.NONE=1]=`NONE`,e[e.LONG=2]=`LONG`,e[e.SHORT=3]=`SHORT`,e[e.EXIT_LONG=4]=`EXIT_LONG`,e[e.EXIT_SHORT=5]=`EXIT_SHORT`,e}({}),Ia=N(Pa,0),La=M(btoa(`
fluxhero/v1/trade.proto\vfluxhero.v1"¢
Trade

id (	
symbol (	'
side (2.fluxhero.v1.PositionSide&
state (2.fluxhero.v1.TradeState'
mode (2.fluxhero.v1.StrategyMode#
regime (2.fluxhero.v1.Regime
	signal_id\x07 (	
\rsignal_reason\b (	-
	opened_at	 (\v2.google.protobuf.Timestamp-
	closed_at
 (\v2.google.protobuf.Timestamp
entry_quantity\v (
\ventry_price\f (	
\ventry_value\r (	
\rexit_quantity (

exit_price (	H\0

exit_value (	
\frealized_pnl (	
realized_pnl_pct (

commission (	
\x07net_pnl (	

stop_price (	H
\vexit_reason (	/
\fholding_time (\v2.google.protobuf.DurationB\r
\v_exit_priceB\r
\v_stop_price"
TradeStatistics
trades (\f
wins (
losses (
\fwin_rate_pct (H\0
\x07net_pnl (	
\fgross_profit (	

gross_loss\x07 (	

commission\b (	
\vaverage_win	 (	H
\faverage_loss
 (	H
\rprofit_factor\v (H

expectancy\f (	H
\fsharpe_ratio\r (H
max_drawdown_pct (H7
average_holding_time (\v2.google.protobuf.Duration
\bbest_pnl (	H\x07
	worst_pnl (	H\b#
sharpe_ratio_zero_rate (H	
\fmax_drawdown (	B
\r_win_rate_pctB
\f_average_winB
\r_average_lossB
_profit_factorB\r
\v_expectancyB
\r_sharpe_ratioB
_max_drawdown_pctB\v
	_best_pnlB\f

_worst_pnlB
_sharpe_ratio_zero_rate"k
ModeStatistics'
mode (2.fluxhero.v1.StrategyMode0

statistics (\v2.fluxhero.v1.TradeStatistics"i
RegimeStatistics#
regime (2.fluxhero.v1.Regime0

statistics (\v2.fluxhero.v1.TradeStatistics"T
SymbolStatistics
symbol (	0

statistics (\v2.fluxhero.v1.TradeStatistics"Ê
ListTradesRequest
	page_size (

page_token (	
\x07symbols (	(
modes (2.fluxhero.v1.StrategyMode$
\x07regimes (2.fluxhero.v1.Regime&
state (2.fluxhero.v1.TradeState'
side\x07 (2.fluxhero.v1.PositionSide.

start_time\b (\v2.google.protobuf.Timestamp,
\bend_time	 (\v2.google.protobuf.Timestamp"Q
ListTradesResponse"
trades (\v2.fluxhero.v1.Trade
next_page_token (	"#
GetTradeRequest
\btrade_id (	"\xA0
GetTradeResponse!
trade (\v2.fluxhero.v1.Trade#
signal (\v2.fluxhero.v1.Signal"
orders (\v2.fluxhero.v1.Order 
fills (\v2.fluxhero.v1.Fill"¯
GetStatisticsRequest
\x07symbols (	(
modes (2.fluxhero.v1.StrategyMode.

start_time (\v2.google.protobuf.Timestamp,
\bend_time (\v2.google.protobuf.Timestamp"Ö
GetStatisticsResponse+
total (\v2.fluxhero.v1.TradeStatistics,
\x07by_mode (\v2\x1B.fluxhero.v1.ModeStatistics0
	by_regime (\v2.fluxhero.v1.RegimeStatistics0
	by_symbol (\v2.fluxhero.v1.SymbolStatistics"Ù
ExportTradesRequest)
format (2.fluxhero.v1.ExportFormat
\x07symbols (	(
modes (2.fluxhero.v1.StrategyMode.

start_time (\v2.google.protobuf.Timestamp,
\bend_time (\v2.google.protobuf.Timestamp"M
ExportTradesResponse\f
data (\f
	file_name (	
\fcontent_type (	*W

TradeState\x1B
TRADE_STATE_UNSPECIFIED\0
TRADE_STATE_OPEN
TRADE_STATE_CLOSED*_
\fExportFormat
EXPORT_FORMAT_UNSPECIFIED\0
EXPORT_FORMAT_CSV
EXPORT_FORMAT_PARQUET2Õ
\fTradeServiceM

ListTrades.fluxhero.v1.ListTradesRequest.fluxhero.v1.ListTradesResponseG
\bGetTrade.fluxhero.v1.GetTradeRequest.fluxhero.v1.GetTradeResponseV
\rGetStatistics!.fluxhero.v1.GetStatisticsRequest".fluxhero.v1.GetStatisticsResponseU
\fExportTrades .fluxhero.v1.ExportTradesRequest!.fluxhero.v1.ExportTradesResponse0bproto3`),[pa,Ea,Pa,Gr,F]),Ra=N(La,0),za=M(btoa(`
fluxhero/v1/strategy.proto\vfluxhero.v1"
StrategyParameters
\vkama_period (H\0
	kama_fast (H
	kama_slow (H

ema_period (H

rsi_period (H

atr_period (H

adx_period\x07 (H
bollinger_period\b (H\x07
bollinger_width	 (H\b
regression_period
 (H	
\rvolume_period\v (H

atr_average_period\f (H\v
	trend_adx\r (H\f
\btrend_r2 (H\r
	range_adx (H
\brange_r2 (H
confirmation_bars (H
high_volatility (H\x1B
low_volatility (H
\vspike_ratio (H
spike_stop_factor (H
	entry_atr (H
\bexit_atr (H\x1B
trend_stop_atr (H
reduced_stop_atr (H
\frsi_oversold (H\x1B
rsi_overbought\x1B (H 
mean_reversion_stop (H\x1B
neutral_entries (\bH
\fspread_limit (H"
spread_limit_illiquid (H
\fvolume_ratio  (H"
breakout_volume_ratio! (H 
	gap_limit" (H! 
close_quiet_minutes# (H"#
illiquid_before_minute$ (H##
illiquid_midday_minute% (H$'
illiquid_midday_end_minute& (H%!
illiquid_from_minute' (H&
\fallow_shorts( (\bH'B
\f_kama_periodB\f

_kama_fastB\f

_kama_slowB\r
\v_ema_periodB\r
\v_rsi_periodB\r
\v_atr_periodB\r
\v_adx_periodB
_bollinger_periodB
_bollinger_widthB
_regression_periodB
_volume_periodB
_atr_average_periodB\f

_trend_adxB\v
	_trend_r2B\f

_range_adxB\v
	_range_r2B
_confirmation_barsB
_high_volatilityB
_low_volatilityB
\f_spike_ratioB
_spike_stop_factorB\f

_entry_atrB\v
	_exit_atrB
_trend_stop_atrB
_reduced_stop_atrB
\r_rsi_oversoldB
_rsi_overboughtB
_mean_reversion_stopB
_neutral_entriesB
\r_spread_limitB
_spread_limit_illiquidB
\r_volume_ratioB
_breakout_volume_ratioB\f

_gap_limitB
_close_quiet_minutesB
_illiquid_before_minuteB
_illiquid_midday_minuteB
\x1B_illiquid_midday_end_minuteB
_illiquid_from_minuteB
\r_allow_shorts"_
\rParameterInfo\f
name (	\v
min (\v
max (
\rdefault_value (
\x07changed (\b"
\bStrategy\f
name (	
\vdescription (	(
modes (2.fluxhero.v1.StrategyMode
	timeframe (	3

parameters (\v2.fluxhero.v1.StrategyParameters
\brevision (	3
parameter_infos\x07 (\v2.fluxhero.v1.ParameterInfo
enabled_symbols\b (	
disabled_symbols	 (	">
ListStrategiesRequest
	page_size (

page_token (	"\\
ListStrategiesResponse)

strategies (\v2.fluxhero.v1.Strategy
next_page_token (	"
GetPerformanceRequest
\x07symbols (	.

start_time (\v2.google.protobuf.Timestamp,
\bend_time (\v2.google.protobuf.Timestamp"s
GetPerformanceResponse+
total (\v2.fluxhero.v1.TradeStatistics,
\x07by_mode (\v2\x1B.fluxhero.v1.ModeStatistics"9
EnableSymbolRequest

request_id (	
symbol (	"?
EnableSymbolResponse'
\bstrategy (\v2.fluxhero.v1.Strategy"J
DisableSymbolRequest

request_id (	
symbol (	
reason (	"@
DisableSymbolResponse'
\bstrategy (\v2.fluxhero.v1.Strategy"µ
UpdateParametersRequest

request_id (	3

parameters (\v2.fluxhero.v1.StrategyParameters/
\vupdate_mask (\v2.google.protobuf.FieldMask
\brevision (	
reason (	"C
UpdateParametersResponse'
\bstrategy (\v2.fluxhero.v1.Strategy2Õ
StrategyServiceY
ListStrategies".fluxhero.v1.ListStrategiesRequest#.fluxhero.v1.ListStrategiesResponseY
GetPerformance".fluxhero.v1.GetPerformanceRequest#.fluxhero.v1.GetPerformanceResponseS
\fEnableSymbol .fluxhero.v1.EnableSymbolRequest!.fluxhero.v1.EnableSymbolResponseV
\rDisableSymbol!.fluxhero.v1.DisableSymbolRequest".fluxhero.v1.DisableSymbolResponse_
UpdateParameters$.fluxhero.v1.UpdateParametersRequest%.fluxhero.v1.UpdateParametersResponsebproto3`),[pa,La,qr,F]),Ba=N(za,0),Va=N(M(btoa(`
fluxhero/v1/backtest.proto\vfluxhero.v1"Ó
BacktestConfig
\x07symbols (	
	timeframe (	.

start_time (\v2.google.protobuf.Timestamp,
\bend_time (\v2.google.protobuf.Timestamp
initial_equity (	3

parameters (\v2.fluxhero.v1.StrategyParameters'
limits\x07 (\v2.fluxhero.v1.RiskLimits&
source\b (2.fluxhero.v1.BarSource\f
name	 (	
\ventry_order
 (	"Ô
BacktestProgress)
state (2.fluxhero.v1.BacktestState
\bdone_pct (\f
done (\r
total (*
\x07elapsed (\v2.google.protobuf.Duration,
	remaining (\v2.google.protobuf.Duration\f
text\x07 (	"å
BacktestMetrics
\ffinal_equity (	
total_return_pct ("
annualized_return_pct (H\0\x1B
volatility_pct (H
\fsharpe_ratio (H#
sharpe_ratio_zero_rate (H
\rsortino_ratio\x07 (H
\fcalmar_ratio\b (H
max_drawdown_pct	 (8
max_drawdown_duration
 (\v2.google.protobuf.Duration
time_in_market_pct\v (,
trades\f (\v2.fluxhero.v1.TradeStatistics,
\x07by_mode\r (\v2\x1B.fluxhero.v1.ModeStatistics0
	by_regime (\v2.fluxhero.v1.RegimeStatisticsI
signal_outcomes (\v20.fluxhero.v1.BacktestMetrics.SignalOutcomesEntry
deflated_sharpe (H\f
bars (
\bsessions (
average_exposure_pct (5
SignalOutcomesEntry\v
key (	\r
value (:8B
_annualized_return_pctB
_volatility_pctB
\r_sharpe_ratioB
_sharpe_ratio_zero_rateB
_sortino_ratioB
\r_calmar_ratioB
_deflated_sharpe"2
\rMonthlyReturn\r
month (	

return_pct ("÷
Luck)
\x07verdict (2.fluxhero.v1.LuckVerdict\f
text (	
trials (
sharpe_by_luck (!
probabilistic_sharpe (H\0
deflated_sharpe (H$
overfitting_probability\x07 (H

sharpe_low\b (H
\vsharpe_high	 (H&
annualized_return_low_pct
 (H'
annualized_return_high_pct\v (HB
_probabilistic_sharpeB
_deflated_sharpeB
_overfitting_probabilityB\r
\v_sharpe_lowB
\f_sharpe_highB
_annualized_return_low_pctB
\x1B_annualized_return_high_pct";
\rBacktestCheck\f
name (	
passed (\b\f
text (	"ñ
BacktestResult-
\x07metrics (\v2.fluxhero.v1.BacktestMetrics.
\fequity_curve (\v2.fluxhero.v1.EquityPoint*
checks (\v2.fluxhero.v1.BacktestCheck3
monthly_returns (\v2.fluxhero.v1.MonthlyReturn
luck (\v2.fluxhero.v1.Luck"¿
WalkForwardWindow4
train_start_time (\v2.google.protobuf.Timestamp3
test_start_time (\v2.google.protobuf.Timestamp1
\rtest_end_time (\v2.google.protobuf.Timestamp3

parameters (\v2.fluxhero.v1.StrategyParameters+
train (\v2.fluxhero.v1.BacktestMetrics*
test (\v2.fluxhero.v1.BacktestMetrics"
WalkForwardResult0
\x07verdict (2.fluxhero.v1.WalkForwardVerdict
profitable_pct (
\rempty_windows (/
\x07windows (\v2.fluxhero.v1.WalkForwardWindow.
\bcombined (\v2.fluxhero.v1.BacktestMetrics\f
text (	
luck\x07 (\v2.fluxhero.v1.Luck".
	SweepAxis
	parameter (	
values ("

SweepPoint3

parameters (\v2.fluxhero.v1.StrategyParameters
	objective (H\0-
\x07metrics (\v2.fluxhero.v1.BacktestMetricsB\f

_objective"}
\vSweepResult'
points (\v2.fluxhero.v1.SweepPoint
\fcombinations (
failed (
luck (\v2.fluxhero.v1.Luck"Ï
\bBacktest

id (	'
kind (2.fluxhero.v1.BacktestKind+
config (\v2\x1B.fluxhero.v1.BacktestConfig/
\bprogress (\v2.fluxhero.v1.BacktestProgress
\frequested_by (	.

created_at (\v2.google.protobuf.Timestamp,
\bended_at\x07 (\v2.google.protobuf.Timestamp\r
error\b (	-
\x07metrics	 (\v2.fluxhero.v1.BacktestMetrics"h
GetBacktestRequest
\vbacktest_id (	
	page_size (

page_token (	
include_report (\b"¬
GetBacktestResponse'
\bbacktest (\v2.fluxhero.v1.Backtest-
single (\v2\x1B.fluxhero.v1.BacktestResultH\06
\fwalk_forward (\v2.fluxhero.v1.WalkForwardResultH\0)
sweep (\v2.fluxhero.v1.SweepResultH\0"
trades (\v2.fluxhero.v1.Trade
next_page_token (	
\vreport_html\x07 (	B\b
result"ñ
ListBacktestsRequest
	page_size (

page_token (	(
kinds (2.fluxhero.v1.BacktestKind*
states (2.fluxhero.v1.BacktestState.

start_time (\v2.google.protobuf.Timestamp,
\bend_time (\v2.google.protobuf.Timestamp"Z
ListBacktestsResponse(
	backtests (\v2.fluxhero.v1.Backtest
next_page_token (	"@
CancelBacktestRequest

request_id (	
\vbacktest_id (	"A
CancelBacktestResponse'
\bbacktest (\v2.fluxhero.v1.Backtest"U
RunBacktestRequest

request_id (	+
config (\v2\x1B.fluxhero.v1.BacktestConfig"
RunBacktestResponse
\vbacktest_id (	1
\bprogress (\v2.fluxhero.v1.BacktestProgressH\0-
result (\v2\x1B.fluxhero.v1.BacktestResultH\0B	
\x07message"Ù
RunWalkForwardRequest

request_id (	+
config (\v2\x1B.fluxhero.v1.BacktestConfig
\ftrain_months (
\vtest_months ($
axes (\v2.fluxhero.v1.SweepAxis.
	objective (2\x1B.fluxhero.v1.SweepObjective"
RunWalkForwardResponse
\vbacktest_id (	1
\bprogress (\v2.fluxhero.v1.BacktestProgressH\00
result (\v2.fluxhero.v1.WalkForwardResultH\0B	
\x07message"
RunSweepRequest

request_id (	+
config (\v2\x1B.fluxhero.v1.BacktestConfig$
axes (\v2.fluxhero.v1.SweepAxis.
	objective (2\x1B.fluxhero.v1.SweepObjective

max_points ((
search\x07 (2.fluxhero.v1.SweepSearch
\fcombinations\b (\f
seed	 (J\b\x07R\x07cluster"
RunSweepResponse
\vbacktest_id (	1
\bprogress (\v2.fluxhero.v1.BacktestProgressH\0*
result (\v2.fluxhero.v1.SweepResultH\0B	
\x07message*k
	BarSource
BAR_SOURCE_UNSPECIFIED\0
BAR_SOURCE_HISTORY
BAR_SOURCE_CACHE
BAR_SOURCE_FILES*
\fBacktestKind
BACKTEST_KIND_UNSPECIFIED\0
BACKTEST_KIND_SINGLE
BACKTEST_KIND_WALK_FORWARD
BACKTEST_KIND_SWEEP*¼
\rBacktestState
BACKTEST_STATE_UNSPECIFIED\0
BACKTEST_STATE_QUEUED
BACKTEST_STATE_RUNNING
BACKTEST_STATE_SUCCEEDED
BACKTEST_STATE_FAILED\x1B
BACKTEST_STATE_CANCELED*¼
\vLuckVerdict
LUCK_VERDICT_UNSPECIFIED\0
LUCK_VERDICT_NO_EDGE\x1B
LUCK_VERDICT_TOO_LITTLE
LUCK_VERDICT_LIKELY_LUCK
LUCK_VERDICT_UNDECIDED
LUCK_VERDICT_PROBABLY_REAL*¥
WalkForwardVerdict$
 WALK_FORWARD_VERDICT_UNSPECIFIED\0
\x1BWALK_FORWARD_VERDICT_PASSED
\x1BWALK_FORWARD_VERDICT_FAILED'
#WALK_FORWARD_VERDICT_TOO_FEW_TRADES*w
\vSweepSearch
SWEEP_SEARCH_UNSPECIFIED\0
SWEEP_SEARCH_GRID
SWEEP_SEARCH_RANDOM
SWEEP_SEARCH_OPTIMIZER*Ý
SweepObjective
\x1BSWEEP_OBJECTIVE_UNSPECIFIED\0 
SWEEP_OBJECTIVE_SHARPE_RATIO!
SWEEP_OBJECTIVE_SORTINO_RATIO 
SWEEP_OBJECTIVE_CALMAR_RATIO 
SWEEP_OBJECTIVE_TOTAL_RETURN!
SWEEP_OBJECTIVE_PROFIT_FACTOR2
BacktestServiceP
\vGetBacktest.fluxhero.v1.GetBacktestRequest .fluxhero.v1.GetBacktestResponseV
\rListBacktests!.fluxhero.v1.ListBacktestsRequest".fluxhero.v1.ListBacktestsResponseY
CancelBacktest".fluxhero.v1.CancelBacktestRequest#.fluxhero.v1.CancelBacktestResponseR
\vRunBacktest.fluxhero.v1.RunBacktestRequest .fluxhero.v1.RunBacktestResponse0[
RunWalkForward".fluxhero.v1.RunWalkForwardRequest#.fluxhero.v1.RunWalkForwardResponse0I
\bRunSweep.fluxhero.v1.RunSweepRequest.fluxhero.v1.RunSweepResponse0bproto3`),[ua,Sa,za,La,Gr,F]),0),Ha=M(btoa(`
fluxhero/v1/position.proto\vfluxhero.v1"Ã
\bPosition
symbol (	'
side (2.fluxhero.v1.PositionSide
\bquantity (
\raverage_price (	

last_price (	
\fmarket_value (	

cost_basis\x07 (	
unrealized_pnl\b (	
unrealized_pnl_pct	 (

stop_price
 (	H\0
\frisk_at_stop\v (	
\ftarget_price\f (	H'
mode\r (2.fluxhero.v1.StrategyMode)
\fentry_regime (2.fluxhero.v1.Regime-
	opened_at (\v2.google.protobuf.Timestamp0

protection (2.fluxhero.v1.ProtectionState
\rstop_order_id (	
	signal_id (	
\btrade_id (	
\vexit_reason (	
\x07foreign (\b

best_price (	H
	entry_atr (
\frealized_pnl (	-
	marked_at (\v2.google.protobuf.Timestamp
\rexit_quantity (
watched_stop_price\x1B (	H
\vstop_factor (B\r
\v_stop_priceB
\r_target_priceB\r
\v_best_priceB
_watched_stop_price"Ã
ListPositionsRequest
	page_size (

page_token (	
\x07symbols (	(
modes (2.fluxhero.v1.StrategyMode'
side (2.fluxhero.v1.PositionSide
\x07foreign (\bH\0B

\b_foreign"Z
ListPositionsResponse(
	positions (\v2.fluxhero.v1.Position
next_page_token (	"$
GetPositionRequest
symbol (	">
GetPositionResponse'
\bposition (\v2.fluxhero.v1.Position"J
ClosePositionRequest

request_id (	
symbol (	
reason (	"R
ClosePositionResponse'
\bposition (\v2.fluxhero.v1.Position
\border_id (	">
CloseAllPositionsRequest

request_id (	
reason (	"E
CloseAllPositionsResponse(
	positions (\v2.fluxhero.v1.Position*
ProtectionState 
PROTECTION_STATE_UNSPECIFIED\0 
PROTECTION_STATE_BROKER_STOP$
 PROTECTION_STATE_DAEMON_WATCHING 
PROTECTION_STATE_UNPROTECTED2÷
PositionServiceV
\rListPositions!.fluxhero.v1.ListPositionsRequest".fluxhero.v1.ListPositionsResponseP
\vGetPosition.fluxhero.v1.GetPositionRequest .fluxhero.v1.GetPositionResponseV
\rClosePosition!.fluxhero.v1.ClosePositionRequest".fluxhero.v1.ClosePositionResponseb
CloseAllPositions%.fluxhero.v1.CloseAllPositionsRequest&.fluxhero.v1.CloseAllPositionsResponsebproto3`),[pa,F]),Ua=function(e){return e[e.UNSPECIFIED=0]=`UNSPECIFIED`,e[e.BROKER_STOP=1]=`BROKER_STOP`,e[e.DAEMON_WATCHING=2]=`DAEMON_WATCHING`,e[e.UNPROTECTED=3]=`UNPROTECTED`,e}({}),Wa=N(Ha,0),Ga=M(btoa(`
fluxhero/v1/stream.proto\vfluxhero.v1"µ
\fWatchRequest
\x07symbols (	\r
epoch (	
\bfrom_seq (H\0/
\fmin_interval (\v2.google.protobuf.Duration"
topics (2.fluxhero.v1.Topic\f
part (B\v
	_from_seq"
\rWatchResponse\r
epoch (	\v
seq (
\bprev_seq (%
kind (2.fluxhero.v1.StreamKind
	conflated (4
snapshot_reason (2\x1B.fluxhero.v1.SnapshotReason)
as_of\x07 (\v2.google.protobuf.Timestamp+
snapshot_topics\b (2.fluxhero.v1.Topic\f
part	 ("
prices\v (\v2.fluxhero.v1.Price
bars\f (\v2.fluxhero.v1.Bar+

indicators\r (\v2.fluxhero.v1.Indicators(
	positions (\v2.fluxhero.v1.Position"
orders (\v2.fluxhero.v1.Order$
\x07signals (\v2.fluxhero.v1.Signal&
\baccounts (\v2.fluxhero.v1.Account 
risks (\v2.fluxhero.v1.Risk%
\bstatuses (\v2.fluxhero.v1.Status"
alerts (\v2.fluxhero.v1.Alert2Q
\rStreamService@
Watch.fluxhero.v1.WatchRequest.fluxhero.v1.WatchResponse0bproto3`),[ua,pa,ja,Ea,Ha,Sa,Pa,Jr,Gr,F]),Ka=or(Ga,0),qa=N(Ga,0),G;(function(e){e[e.Canceled=1]=`Canceled`,e[e.Unknown=2]=`Unknown`,e[e.InvalidArgument=3]=`InvalidArgument`,e[e.DeadlineExceeded=4]=`DeadlineExceeded`,e[e.NotFound=5]=`NotFound`,e[e.AlreadyExists=6]=`AlreadyExists`,e[e.PermissionDenied=7]=`PermissionDenied`,e[e.ResourceExhausted=8]=`ResourceExhausted`,e[e.FailedPrecondition=9]=`FailedPrecondition`,e[e.Aborted=10]=`Aborted`,e[e.OutOfRange=11]=`OutOfRange`,e[e.Unimplemented=12]=`Unimplemented`,e[e.Internal=13]=`Internal`,e[e.Unavailable=14]=`Unavailable`,e[e.DataLoss=15]=`DataLoss`,e[e.Unauthenticated=16]=`Unauthenticated`})(G||={});var Ja=()=>{throw Error(`JSON is left out`)},Ya=()=>{throw Error(`JSON is left out`)};function Xa(e){let t=G[e];return typeof t==`string`?t[0].toLowerCase()+t.substring(1).replace(/[A-Z]/g,e=>`_`+e.toLowerCase()):e.toString()}var K=class e extends Error{constructor(e,t=G.Unknown,n,r,i){super(Za(e,t)),this.name=`ConnectError`,this.isWireError=!1,Object.setPrototypeOf(this,new.target.prototype),this.rawMessage=e,this.code=t,this.metadata=new Headers(n??{}),this.details=r??[],this.cause=i}static from(t,n=G.Unknown){return t instanceof e?t:t instanceof Error?t.name==`AbortError`||t.name==`TimeoutError`?new e(t.message,G.Canceled):new e(t.message,n,void 0,void 0,t):new e(String(t),n,void 0,void 0,t)}static[Symbol.hasInstance](t){return t instanceof Error?Object.getPrototypeOf(t)===e.prototype||t.name===`ConnectError`&&`code`in t&&typeof t.code==`number`&&`metadata`in t&&`details`in t&&Array.isArray(t.details)&&`rawMessage`in t&&typeof t.rawMessage==`string`&&`cause`in t:!1}findDetails(e){let t=e.kind===`message`?{getMessage:t=>t===e.typeName?e:void 0}:e,n=[];for(let e of this.details){if(`desc`in e){t.getMessage(e.desc.typeName)&&n.push(bn(e.desc,e.value));continue}let r=t.getMessage(e.type);if(r)try{n.push(Ar(r,e.value))}catch{}}return n}};function Za(e,t){return e.length?`[${Xa(t)}] ${e}`:`[${Xa(t)}]`}function Qa(e,t,n){try{let r=rn(e);return t?Ar(t,r,n):r}catch(e){throw K.from(e,G.DataLoss)}}function $a(e,t){let n={};for(let r of e.methods){let e=t(r);e!=null&&(n[r.localName]=e)}return n}function eo(e,t,n=!1){if(t>e){let r=`message size is larger than configured readMaxBytes ${e}`;throw n&&(r=`message size ${t} is larger than configured readMaxBytes ${e}`),new K(r,G.ResourceExhausted)}}function to(e){return new no(e)}var no=class{constructor(e){this.readMaxBytes=e,this.header=new Uint8Array(5),this.headerView=new DataView(this.header.buffer),this.buf=[]}get byteLength(){return this.buf.reduce((e,t)=>e+t.byteLength,0)}decode(e){this.buf.push(e);let t=[];for(;;){let e=this.pop();if(!e)break;t.push(e)}return t}pop(){if(!(!this.env&&(this.env=this.head(),!this.env))&&this.cons(this.env.data)){let e=this.env;return this.env=void 0,e}}head(){if(!this.cons(this.header))return;let e=this.headerView.getUint8(0),t=this.headerView.getUint32(1);return eo(this.readMaxBytes,t,!0),{flags:e,data:new Uint8Array(t)}}cons(e){let t=e.byteLength;if(this.byteLength<t)return!1;let n=0;for(;n<t;){let r=this.buf.shift();r.byteLength>t-n?(e.set(r.subarray(0,t-n),n),this.buf.unshift(r.subarray(t-n)),n+=t-n):(e.set(r,n),n+=r.byteLength)}return!0}};function ro(e){let t,n=to(4294967295);return new ReadableStream({start(){t=e.getReader()},async pull(e){let r=!1;for(;!r;){let i=await t.read();if(i.done)n.byteLength>0&&e.error(new K(`protocol error: incomplete envelope`,G.InvalidArgument)),e.close();else for(let t of n.decode(i.value))e.enqueue(t),r=!0}}})}function io(e,t){let n=new Uint8Array(t.length+5);n.set(t,5);let r=new DataView(n.buffer,n.byteOffset,n.byteLength);return r.setUint8(0,e),r.setUint32(1,t.length),n}var ao=function(e){if(!Symbol.asyncIterator)throw TypeError(`Symbol.asyncIterator is not defined.`);var t=e[Symbol.asyncIterator],n;return t?t.call(e):(e=typeof __values==`function`?__values(e):e[Symbol.iterator](),n={},r(`next`),r(`throw`),r(`return`),n[Symbol.asyncIterator]=function(){return this},n);function r(t){n[t]=e[t]&&function(n){return new Promise(function(r,a){n=e[t](n),i(r,a,n.done,n.value)})}}function i(e,t,n,r){Promise.resolve(r).then(function(t){e({value:t,done:n})},t)}},oo=function(e){return this instanceof oo?(this.v=e,this):new oo(e)},so=function(e,t,n){if(!Symbol.asyncIterator)throw TypeError(`Symbol.asyncIterator is not defined.`);var r=n.apply(e,t||[]),i,a=[];return i=Object.create((typeof AsyncIterator==`function`?AsyncIterator:Object).prototype),s(`next`),s(`throw`),s(`return`,o),i[Symbol.asyncIterator]=function(){return this},i;function o(e){return function(t){return Promise.resolve(t).then(e,d)}}function s(e,t){r[e]&&(i[e]=function(t){return new Promise(function(n,r){a.push([e,t,n,r])>1||c(e,t)})},t&&(i[e]=t(i[e])))}function c(e,t){try{l(r[e](t))}catch(e){f(a[0][3],e)}}function l(e){e.value instanceof oo?Promise.resolve(e.value.v).then(u,d):f(a[0][2],e)}function u(e){c(`next`,e)}function d(e){c(`throw`,e)}function f(e,t){e(t),a.shift(),a.length&&c(a[0][0],a[0][1])}},co=function(e){var t={},n;return r(`next`),r(`throw`,function(e){throw e}),r(`return`),t[Symbol.iterator]=function(){return this},t;function r(r,i){t[r]=e[r]?function(t){return(n=!n)?{value:oo(e[r](t)),done:!1}:i?i(t):t}:i}};function lo(e){return so(this,arguments,function*(){yield oo(yield*co(ao(e)))})}var uo=function(e){if(!Symbol.asyncIterator)throw TypeError(`Symbol.asyncIterator is not defined.`);var t=e[Symbol.asyncIterator],n;return t?t.call(e):(e=typeof __values==`function`?__values(e):e[Symbol.iterator](),n={},r(`next`),r(`throw`),r(`return`),n[Symbol.asyncIterator]=function(){return this},n);function r(t){n[t]=e[t]&&function(n){return new Promise(function(r,a){n=e[t](n),i(r,a,n.done,n.value)})}}function i(e,t,n,r){Promise.resolve(r).then(function(t){e({value:t,done:n})},t)}},fo=function(e){return this instanceof fo?(this.v=e,this):new fo(e)},po=function(e){var t={},n;return r(`next`),r(`throw`,function(e){throw e}),r(`return`),t[Symbol.iterator]=function(){return this},t;function r(r,i){t[r]=e[r]?function(t){return(n=!n)?{value:fo(e[r](t)),done:!1}:i?i(t):t}:i}},mo=function(e,t,n){if(!Symbol.asyncIterator)throw TypeError(`Symbol.asyncIterator is not defined.`);var r=n.apply(e,t||[]),i,a=[];return i=Object.create((typeof AsyncIterator==`function`?AsyncIterator:Object).prototype),s(`next`),s(`throw`),s(`return`,o),i[Symbol.asyncIterator]=function(){return this},i;function o(e){return function(t){return Promise.resolve(t).then(e,d)}}function s(e,t){r[e]&&(i[e]=function(t){return new Promise(function(n,r){a.push([e,t,n,r])>1||c(e,t)})},t&&(i[e]=t(i[e])))}function c(e,t){try{l(r[e](t))}catch(e){f(a[0][3],e)}}function l(e){e.value instanceof fo?Promise.resolve(e.value.v).then(u,d):f(a[0][2],e)}function u(e){c(`next`,e)}function d(e){c(`throw`,e)}function f(e,t){e(t),a.shift(),a.length&&c(a[0][0],a[0][1])}};function q(e,t){return $a(e,e=>{switch(e.methodKind){case`unary`:return ho(t,e);case`server_streaming`:return go(t,e);case`client_streaming`:return _o(t,e);case`bidi_streaming`:return vo(t,e);default:return null}})}function ho(e,t){return async(n,r)=>{var i,a;let o=await e.unary(t,r?.signal,r?.timeoutMs,r?.headers,n,r?.contextValues);return(i=r?.onHeader)==null||i.call(r,o.header),(a=r?.onTrailer)==null||a.call(r,o.trailer),o.message}}function go(e,t){return(n,r)=>yo(e.stream(t,r?.signal,r?.timeoutMs,r?.headers,lo([n]),r?.contextValues),r)}function _o(e,t){return async(n,r)=>{var i,a,o,s,c,l;let u=await e.stream(t,r?.signal,r?.timeoutMs,r?.headers,n,r?.contextValues);(c=r?.onHeader)==null||c.call(r,u.header);let d,f=0;try{for(var p=!0,m=uo(u.message),h;h=await m.next(),i=h.done,!i;p=!0)s=h.value,p=!1,d=s,f++}catch(e){a={error:e}}finally{try{!p&&!i&&(o=m.return)&&await o.call(m)}finally{if(a)throw a.error}}if(!d)throw new K(`protocol error: missing response message`,G.Unimplemented);if(f>1)throw new K(`protocol error: received extra messages for client streaming method`,G.Unimplemented);return(l=r?.onTrailer)==null||l.call(r,u.trailer),d}}function vo(e,t){return(n,r)=>yo(e.stream(t,r?.signal,r?.timeoutMs,r?.headers,n,r?.contextValues),r)}function yo(e,t){let n=(function(){return mo(this,arguments,function*(){var n,r;let i=yield fo(e);(n=t?.onHeader)==null||n.call(t,i.header),yield fo(yield*po(uo(i.message))),(r=t?.onTrailer)==null||r.call(t,i.trailer)})})()[Symbol.asyncIterator]();return{[Symbol.asyncIterator]:()=>({next:()=>n.next()})}}function bo(...e){let t=new AbortController,n=e.filter(e=>e!==void 0).concat(t.signal);for(let e of n){if(e.aborted){r.apply(e);break}e.addEventListener(`abort`,r)}function r(){t.signal.aborted||t.abort(So(this));for(let e of n)e.removeEventListener(`abort`,r)}return t}function xo(e){let t=new AbortController,n=()=>{t.abort(new K(`the operation timed out`,G.DeadlineExceeded))},r;return e!==void 0&&(e<=0?n():r=setTimeout(n,e)),{signal:t.signal,cleanup:()=>clearTimeout(r)}}function So(e){if(!e.aborted)return;if(e.reason!==void 0)return e.reason;let t=Error(`This operation was aborted`);return t.name=`AbortError`,t}function Co(){return{get(e){return e.id in this?this[e.id]:e.defaultValue},set(e,t){return this[e.id]=t,this},delete(e){return delete this[e.id],this}}}function wo(e){let t=new Headers,n=new TextDecoder().decode(e).split(`\r
`);for(let e of n){if(e===``)continue;let n=e.indexOf(`:`);if(n>0){let r=e.substring(0,n).trim(),i=e.substring(n+1).trim();t.append(r,i)}}return t}var To=`Content-Type`,Eo=`Grpc-Timeout`,Do=`Grpc-Status`,Oo=`Grpc-Status-Details-Bin`,ko=`User-Agent`,Ao=`X-User-Agent`,jo=`X-Grpc-Web`,Mo=`application/grpc-web+proto`,No=`application/grpc-web+json`,Po=or(M(btoa(`
\fstatus.proto
google.rpc"N
Status\f
code (
\x07message (	%
\x07details (\v2.google.protobuf.AnyB^
com.google.rpcB\vStatusProtoPZ7google.golang.org/genproto/googleapis/rpc/status;status¢RPCbproto3`),[Kr]),0);function Fo(e){let t=e.get(Oo);if(t!=null){let n=Qa(t,Po);if(n.code==0)return;let r=new K(n.message,n.code,e);return r.details=n.details.map(e=>({type:e.typeUrl.substring(e.typeUrl.lastIndexOf(`/`)+1),value:e.value})),r.isWireError=!0,r}let n=e.get(Do);if(n!=null){if(n===`0`)return;let t=parseInt(n,10),r;return r=t in G?new K(decodeURIComponent(e.get(`Grpc-Message`)??``),t,e):new K(`invalid grpc-status: ${n}`,G.Internal,e),r.isWireError=!0,r}}function Io(e,t){return e.toString().replace(/\/?$/,`/${t.parent.typeName}/${t.name}`)}function Lo(e,t){return bn(e,t)}function Ro(e,t){function n(t){return t.done===!0?t:{done:t.done,value:Lo(e,t.value)}}return{[Symbol.asyncIterator](){let e=t[Symbol.asyncIterator](),r={next:()=>e.next().then(n)};return e.throw!==void 0&&(r.throw=t=>e.throw(t).then(n)),e.return!==void 0&&(r.return=t=>e.return(t).then(n)),r}}}function zo(e,t){if(!t)return e;for(let n of t.concat().reverse())e=n(e);return e}function Bo(e){let t=Object.assign({},e);return t.ignoreUnknownFields??=!0,t}function Vo(e,t,n,r){let i=t?Ho(e.input,r):Uo(e.input,n);return{parse:(t?Ho(e.output,r):Uo(e.output,n)).parse,serialize:i.serialize}}function Ho(e,t){return{parse(n){try{return Ar(e,n,t)}catch(e){throw new K(`parse binary: ${e instanceof Error?e.message:String(e)}`,G.Internal)}},serialize(n){try{return Gn(e,n,t)}catch(e){throw new K(`serialize binary: ${e instanceof Error?e.message:String(e)}`,G.Internal)}}}}function Uo(e,t){let n=t?.textEncoder??new TextEncoder,r=t?.textDecoder??new TextDecoder,i=Bo(t);return{parse(t){try{return Ya(e,r.decode(t),i)}catch(e){throw K.from(e,G.InvalidArgument)}},serialize(t){try{let r=Ja(e,t,i);return n.encode(r)}catch(e){throw K.from(e,G.Internal)}}}}function Wo(e){let t=zo(e.next,e.interceptors),[n,r,i]=Ko(e);return t(Object.assign(Object.assign({},e.req),{message:Lo(e.req.method.input,e.req.message),signal:n})).then(e=>(i(),e),r)}function Go(e){let t=zo(e.next,e.interceptors),[n,r,i]=Ko(e),a=Object.assign(Object.assign({},e.req),{message:Ro(e.req.method.input,e.req.message),signal:n}),o=!1;return n.addEventListener(`abort`,function(){var t,n;let r=e.req.message[Symbol.asyncIterator]();o||(t=r.throw)==null||t.call(r,this.reason).catch(()=>{}),(n=r.return)==null||n.call(r).catch(()=>{})}),t(a).then(e=>Object.assign(Object.assign({},e),{message:{[Symbol.asyncIterator](){let t=e.message[Symbol.asyncIterator]();return{next(){return!o&&n.aborted?r(So(n)):t.next().then(e=>(e.done==1&&(o=!0,i()),e),r)}}}}}),r)}function Ko(e){let{signal:t,cleanup:n}=xo(e.timeoutMs),r=bo(e.signal,t);return[r.signal,function(e){let t=r.signal.aborted?K.from(So(r.signal),G.Canceled):K.from(e);return r.abort(t),n(),Promise.reject(t)},function(){n(),r.abort()}]}function qo(){try{new Headers}catch{throw Error(`connect-web requires the fetch API. Are you running on an old version of Node.js? Node.js is not supported in Connect for Web - please stay tuned for Connect for Node.`)}}function Jo(e,t){let n=Fo(e);if(n)throw t.forEach((e,t)=>{n.metadata.append(t,e)}),n;if(!t.has(`Grpc-Status`)&&!e.has(`Grpc-Status`))throw new K(`protocol error: missing status`,G.Internal)}function Yo(e,t,n,r){let i=new Headers(n??{});i.set(To,e?Mo:No),i.set(jo,`1`);let a=i.get(`User-Agent`)??i.get(`X-User-Agent`)??`connect-es/2.2.0`;return i.set(Ao,a),r&&i.set(ko,a),t!==void 0&&i.set(Eo,`${t}m`),i}function Xo(e){switch(e){case 400:return G.Internal;case 401:return G.Unauthenticated;case 403:return G.PermissionDenied;case 404:return G.Unimplemented;case 429:return G.Unavailable;case 502:return G.Unavailable;case 503:return G.Unavailable;case 504:return G.Unavailable;default:return G.Unknown}}function Zo(e,t){if(e>=200&&e<300)return{foundStatus:t.has(Do),headerError:Fo(t)};throw new K(decodeURIComponent(t.get(`Grpc-Message`)??`HTTP ${e}`),Xo(e),t)}var Qo=function(e){return this instanceof Qo?(this.v=e,this):new Qo(e)},$o=function(e,t,n){if(!Symbol.asyncIterator)throw TypeError(`Symbol.asyncIterator is not defined.`);var r=n.apply(e,t||[]),i,a=[];return i=Object.create((typeof AsyncIterator==`function`?AsyncIterator:Object).prototype),s(`next`),s(`throw`),s(`return`,o),i[Symbol.asyncIterator]=function(){return this},i;function o(e){return function(t){return Promise.resolve(t).then(e,d)}}function s(e,t){r[e]&&(i[e]=function(t){return new Promise(function(n,r){a.push([e,t,n,r])>1||c(e,t)})},t&&(i[e]=t(i[e])))}function c(e,t){try{l(r[e](t))}catch(e){f(a[0][3],e)}}function l(e){e.value instanceof Qo?Promise.resolve(e.value.v).then(u,d):f(a[0][2],e)}function u(e){c(`next`,e)}function d(e){c(`throw`,e)}function f(e,t){e(t),a.shift(),a.length&&c(a[0][0],a[0][1])}},es={redirect:`error`};function ts(e){qo();let t=e.useBinaryFormat??!0;return{async unary(n,r,i,a,o,s){let{serialize:c,parse:l}=Vo(n,t,e.jsonOptions,e.binaryOptions);return i=i===void 0?e.defaultTimeoutMs:i<=0?void 0:i,await Wo({interceptors:e.interceptors,signal:r,timeoutMs:i,req:{stream:!1,service:n.parent,method:n,requestMethod:`POST`,url:Io(e.baseUrl,n),header:Yo(t,i,a,!1),contextValues:s??Co(),message:o},next:async t=>{let r=await(e.fetch??globalThis.fetch)(t.url,Object.assign(Object.assign({},es),{method:t.requestMethod,headers:t.header,signal:t.signal,body:io(0,c(t.message))})),{headerError:i}=Zo(r.status,r.headers);if(!r.body)throw i===void 0?`missing response body`:i;let a=ro(r.body).getReader(),o,s;for(;;){let e=await a.read();if(e.done)break;let{flags:t,data:n}=e.value;if((t&1)==1)throw new K(`protocol error: received unsupported compressed output`,G.Internal);if(t===128){if(o!==void 0)throw`extra trailer`;o=wo(n)}else{if(s!==void 0)throw new K(`extra message`,G.Unimplemented);s=l(n)}}if(o===void 0)throw i===void 0?new K(`missing trailer`,r.headers.has(`Grpc-Status`)?G.Unimplemented:G.Unknown):i;if(Jo(o,r.headers),s===void 0)throw new K(`missing message`,o.has(`Grpc-Status`)?G.Unimplemented:G.Unknown);return{stream:!1,service:n.parent,method:n,header:r.headers,message:s,trailer:o}}})},async stream(n,r,i,a,o,s){let{serialize:c,parse:l}=Vo(n,t,e.jsonOptions,e.binaryOptions);function u(e,t,n,r,i){return $o(this,arguments,function*(){let a=ro(e).getReader();if(t){if(!(yield Qo(a.read())).done)throw`extra data for trailers-only`;return yield Qo(void 0)}let o=!1;for(;;){let e=yield Qo(a.read());if(e.done)break;let{flags:t,data:i}=e.value;if((t&128)==128){if(o)throw`extra trailer`;o=!0;let e=wo(i);Jo(e,r),e.forEach((e,t)=>n.set(t,e))}else{if(o)throw`extra message`;yield yield Qo(l(i))}}if(`throwIfAborted`in i&&i.throwIfAborted(),!o)throw`missing trailer`})}async function d(e){if(n.methodKind!=`server_streaming`)throw`The fetch API does not support streaming request bodies`;let t=await e[Symbol.asyncIterator]().next();if(t.done==1)throw`missing request message`;return io(0,c(t.value))}return i=i===void 0?e.defaultTimeoutMs:i<=0?void 0:i,Go({interceptors:e.interceptors,signal:r,timeoutMs:i,req:{stream:!0,service:n.parent,method:n,requestMethod:`POST`,url:Io(e.baseUrl,n),header:Yo(t,i,a,!1),contextValues:s??Co(),message:o},next:async t=>{let n=await(e.fetch??globalThis.fetch)(t.url,Object.assign(Object.assign({},es),{method:t.requestMethod,headers:t.header,signal:t.signal,body:await d(t.message)})),{foundStatus:r,headerError:i}=Zo(n.status,n.headers);if(i!=null)throw i;if(!n.body)throw`missing response body`;let a=new Headers;return Object.assign(Object.assign({},t),{header:n.headers,trailer:a,message:u(n.body,r,a,n.headers,t.signal)})}})}}}var ns=1e4;function rs(e,t=()=>{}){let n=ts({baseUrl:location.origin,interceptors:[n=>async r=>{r.header.set(`authorization`,`Bearer ${e}`);try{return await n(r)}catch(e){throw t(e),e}}],defaultTimeoutMs:ns});return{account:q(fa,n),backtest:q(Va,n),market:q(Na,n),order:q(Aa,n),position:q(Wa,n),risk:q(Ta,n),signal:q(Ia,n),strategy:q(Ba,n),stream:q(qa,n),system:q($r,n),trade:q(Ra,n)}}var is=M(btoa(`
google/rpc/error_details.proto
google.rpc"
	ErrorInfo
reason (	
domain (	5
\bmetadata (\v2#.google.rpc.ErrorInfo.MetadataEntry/
\rMetadataEntry\v
key (	\r
value (	:8";
	RetryInfo.
\vretry_delay (\v2.google.protobuf.Duration"

BadRequest?
field_violations (\v2%.google.rpc.BadRequest.FieldViolation4
FieldViolation\r
field (	
\vdescription (	bproto3`),[Gr]),as=or(is,0),os=or(is,1),ss=or(is,2),cs=/^(-?)(\d+)(\.\d+)?$/,ls=e=>e.replace(/\B(?=(\d{3})+$)/g,`,`);function us(e){let t=cs.exec(e??``);return t?`${t[1]?`−`:``}${ls(t[2])}${t[3]??``}`:e||`–`}function J(e){let t=us(e);return t===`–`?t:t.startsWith(`−`)?`−$${t.slice(1)}`:`$${t}`}function ds(e){let t=J(e);return fs(e)>0?`+${t}`:t}function fs(e){return!e||!/[1-9]/.test(e)?0:e.startsWith(`-`)?-1:1}function ps(e){let t=typeof e==`number`?Math.sign(e):fs(e);return t>0?`good`:t<0?`bad`:``}var ms=`America/New_York`,hs=e=>new Intl.DateTimeFormat(`en-CA`,{timeZone:ms,hourCycle:`h23`,...e}),gs=hs({hour:`2-digit`,minute:`2-digit`,second:`2-digit`}),_s=hs({hour:`2-digit`,minute:`2-digit`}),vs=hs({year:`numeric`,month:`2-digit`,day:`2-digit`}),ys=hs({month:`short`,day:`2-digit`});function bs(e){return e&&Number(e.seconds)*1e3+Math.floor(e.nanos/1e6)}function xs(e){return e&&Number(e.seconds)+e.nanos/1e9}var Ss=(e,t)=>{let n=bs(e);return n===void 0?`–`:t(new Date(n))},Cs=e=>Ss(e,e=>gs.format(e)),ws=e=>Ss(e,e=>`${ys.format(e).replace(`.`,``)} ${_s.format(e)}`),Ts=e=>Ss(e,e=>`${vs.format(e)} ${gs.format(e)}`);function Es(e){if(e===void 0||!Number.isFinite(e))return`–`;if(e<10)return`${Math.max(e,0).toFixed(1)}s`;let t=Math.floor(e),n=e=>String(Math.floor(e)).padStart(2,`0`);return t<60?`${t}s`:t<3600?`${Math.floor(t/60)}m${n(t%60)}s`:t<86400?`${Math.floor(t/3600)}h${n(t%3600/60)}m`:`${Math.floor(t/86400)}d${n(t%86400/3600)}h`}function Ds(e){let t=K.from(e),n=t.findDetails(as)[0],r=t.findDetails(ss)[0]?.fieldViolations??[];return{code:t.code,reason:n?.reason??``,text:n?t.rawMessage:Os(t),fields:Object.fromEntries(r.map(({field:e,description:t})=>[e,t])),metadata:n?.metadata??{},retryS:xs(t.findDetails(os)[0]?.retryDelay)??0}}function Os(e){return e.code===G.Unavailable||/failed to fetch|network ?error|load failed/i.test(e.message)||e.code===G.Unknown?`the daemon does not answer`:e.code===G.DeadlineExceeded?`the daemon did not answer in time`:e.rawMessage}var ks=e=>e.reason===`TOKEN_INVALID`||e.reason===`TOKEN_MISSING`||e.code===G.Unauthenticated,As=e=>e.reason===``&&[G.Unavailable,G.DeadlineExceeded,G.Unknown,G.Canceled].includes(e.code),js=12e3,Ms={phase:`connecting`,sinceMs:0,heardMs:void 0,why:``,losses:0};function Ns(e,t){return e.phase===`live`?{...e,heardMs:t}:{...e,phase:`live`,sinceMs:t,heardMs:t,why:``}}function Ps(e,t,n){return e.phase===`lost`?{...e,why:n}:e.heardMs===void 0?{...e,phase:`connecting`,why:n}:{...e,phase:`lost`,sinceMs:t,why:n,losses:e.losses+1}}var Fs=(e,t)=>e.heardMs===void 0?void 0:Math.max(t-e.heardMs,0);function Is(e,t){let n=Fs(e,t);return n===void 0||e.phase!==`live`||n>=12e3?`stale`:n>=7e3?`late`:`fresh`}function Ls(e,t){let n=Fs(e,t);return n===void 0||n>6e4?`offline`:n>3e4?`delayed`:`active`}var Rs=e=>({epoch:e.epoch,seq:e.seq,part:e.part}),zs=(e,t)=>e!==void 0&&t.kind!==ma.SNAPSHOT&&(t.epoch!==e.epoch||t.prevSeq!==e.seq),Bs=1e8,Vs=100,Hs=2e3;function Us(e){let t=e&&{epoch:e.epoch,fromSeq:e.seq,part:e.part};return bn(Ka,{minInterval:{seconds:0n,nanos:Bs},...t})}async function Ws(e,t,n){let r,i=Vs;for(;!n.aborted;){let a=r;try{for await(let a of Ks(e,Us(r),n)){if(zs(r,a))throw new Gs;r=Rs(a),i=Vs,t.heard(),t.message(a)}throw new K(`the daemon ended the stream`,G.Unavailable)}catch(e){if(n.aborted)return;e instanceof Gs&&r===a&&(r=void 0);let o=Ds(e);if(ks(o))return t.denied(o);o.code===G.InvalidArgument&&(r=void 0),t.lost(o),await qs(o.retryS*1e3+i*(.5+Math.random()/2),n),i=Math.min(2*i,Hs)}}}var Gs=class extends Error{constructor(){super(`something was missed on the way; it is fetched again`)}};async function*Ks(e,t,n){let r=new AbortController,i=()=>r.abort();n.addEventListener(`abort`,i,{once:!0});let a=!1,o=0,s=()=>{clearTimeout(o),o=window.setTimeout(()=>{a=!0,r.abort()},js)};try{s();for await(let n of e(t,r.signal))s(),yield n}catch(e){throw a?new K(`no word from the daemon`,G.Unavailable):e}finally{clearTimeout(o),n.removeEventListener(`abort`,i),r.abort()}}var qs=(e,t)=>new Promise(n=>{let r=()=>{clearTimeout(i),t.removeEventListener(`abort`,r),n()},i=setTimeout(r,e);t.addEventListener(`abort`,r,{once:!0})}),Js=250,Ys=class{take;waiting=[];frame=0;timer=0;constructor(e){this.take=e}push(e){this.waiting.push(e),this.waiting.length>1||(this.frame=requestAnimationFrame(this.flush),this.timer=window.setTimeout(this.flush,Js))}flush=()=>{cancelAnimationFrame(this.frame),clearTimeout(this.timer);let e=this.waiting;this.waiting=[],e.length&&this.take(e)}},Xs=e=>e!==void 0&&Number.isFinite(e),Zs=new Map;function Qs(e,t){let n=Zs.get(t);return n||(n=new Intl.NumberFormat(`en-US`,{minimumFractionDigits:t,maximumFractionDigits:t}),Zs.set(t,n)),n.format(e).replace(`-`,`−`)}function $s(e){return Xs(e)?Qs(e,Math.abs(e)>=1||e===0?2:4):`–`}function ec(e,t=2){return Xs(e)?Qs(e,t):`–`}function tc(e,t=2){return Xs(e)?`${Qs(e,t)}%`:`–`}function nc(e,t=2){let n=tc(e,t);return Xs(e)&&e>0&&/[1-9]/.test(n)?`+${n}`:n}function Y(e){return e===void 0?`–`:Qs(Number(e),0)}function rc(e,t){return`${Y(e)} ${t}${Number(e)===1?``:`s`}`}var X=(e,t=`–`)=>n=>{let r=n===void 0?void 0:e[n];return{text:r?.[0]??t,tone:r?.[1]??``}},ic=X({[Yr.PAPER]:[`PAPER`,`accent`],[Yr.LIVE]:[`LIVE`,`bad`],[Yr.DEMO]:[`DEMO`,`warn`]}),ac=X({[Xr.STARTING]:[`starting`,`warn`],[Xr.WARMING]:[`warming`,`warn`],[Xr.ACTIVE]:[`active`,`good`],[Xr.DEGRADED]:[`degraded`,`warn`],[Xr.HALTED]:[`halted`,`bad`],[Xr.STOPPING]:[`stopping`,`bad`]}),oc=X({[Zr.CLOSED]:[`closed`,`dim`],[Zr.PRE_MARKET]:[`pre-market`,`dim`],[Zr.REGULAR]:[`open`,`good`],[Zr.AFTER_HOURS]:[`after hours`,`dim`]}),sc=X({[Qr.INFO]:[`info`,`dim`],[Qr.WARNING]:[`warning`,`warn`],[Qr.CRITICAL]:[`critical`,`bad`]}),cc=X({[ya.STRONG_TREND]:[`trend`,`accent`],[ya.MEAN_REVERSION]:[`range`,`warn`],[ya.NEUTRAL]:[`neutral`,`dim`]}),lc=X({[va.TREND]:[`trend`],[va.MEAN_REVERSION]:[`mean reversion`],[va.MANUAL]:[`manual`]});ba.LOW,ba.NORMAL,ba.HIGH;var uc=X({[_a.LONG]:[`long`,`good`],[_a.SHORT]:[`short`,`bad`]}),dc=X({[ga.BUY]:[`buy`,`good`],[ga.SELL]:[`sell`,`bad`]}),fc=X({[Ua.BROKER_STOP]:[`broker stop`,`good`],[Ua.DAEMON_WATCHING]:[`daemon watches`,`warn`],[Ua.UNPROTECTED]:[`UNPROTECTED`,`bad`]});W.NEW,W.SUBMITTING,W.PENDING,W.PARTIALLY_FILLED,W.CANCELING,W.REPLACING,W.FILLED,W.CANCELED,W.EXPIRED,W.REJECTED,W.UNKNOWN,W.NOT_RECEIVED,W.REPLACED;var pc=X({[ka.ENTRY]:[`entry`],[ka.EXIT]:[`exit`],[ka.STOP]:[`stop`],[ka.FOREIGN_STOP]:[`foreign stop`,`warn`]}),mc=X({[Da.MARKET]:[`market`],[Da.LIMIT]:[`limit`],[Da.STOP]:[`stop`]});Oa.DAY,Oa.GTC;var hc=X({[Fa.NONE]:[`no signal`,`dim`],[Fa.LONG]:[`long`,`good`],[Fa.SHORT]:[`short`,`bad`],[Fa.EXIT_LONG]:[`exit long`],[Fa.EXIT_SHORT]:[`exit short`]});xa.PASSED,xa.FAILED,xa.NOT_APPLICABLE,Ca.APPROVED,Ca.APPROVED_WITH_ADJUSTMENT,Ca.REJECTED;var gc=X({[wa.NORMAL]:[`normal`,`good`],[wa.REDUCED]:[`reduced`,`warn`],[wa.DISABLED]:[`disabled`,`bad`]});Ma.WARMING,Ma.ACTIVE,Ma.DISABLED,Ma.HALTED,Ma.FROZEN,Ma.NOT_TRADABLE;var _c=X({[P.READ]:[`read-only`,`dim`],[P.TRADE]:[`trade`],[P.ADMIN]:[`admin`]}),vc=new Set([W.REJECTED,W.UNKNOWN,W.NOT_RECEIVED]);function yc(e){let t=vc.has(e.state),n=[...new Set([pc(e.role).text,mc(e.type).text])].join(` `),r=e.filledQuantity?` ${Y(e.filledQuantity)}`:``,i=e.averageFillPrice?` at ${J(e.averageFillPrice)}`:``,a=t&&e.reason?` (${e.reason})`:``,o=e.lastEvent.replaceAll(`_`,` `);return{timeMs:bs(e.updatedAt)??0,kind:`order`,symbol:e.symbol,text:`${dc(e.side).text} ${Y(e.quantity)} ${n}: ${o}${r}${i}${a}`,tone:t?`bad`:e.state===W.FILLED?`good`:``}}function bc(e){let t=`${hc(e.kind).text} ${lc(e.mode).text} at $${$s(e.price)}`;return{timeMs:bs(e.decidedAt)??0,kind:`signal`,symbol:e.symbol,text:`${t}: ${e.outcomeText||e.outcome.replaceAll(`_`,` `)}`,tone:e.outcome===`ordered`?`accent`:`dim`}}function xc(e){let t=e.acknowledgedAt!==void 0;return{timeMs:bs(t?e.acknowledgedAt:e.lastRaisedAt)??0,kind:`alert`,symbol:e.symbol,text:`${t?`acknowledged by ${e.acknowledgedBy||`somebody`}: `:``}${e.code}: ${e.text}`,tone:t||e.severity===Qr.INFO?`dim`:sc(e.severity).tone}}function Sc(e,t,n){let r=t?.quantity??0n,i=(t,r)=>({timeMs:n,kind:`position`,symbol:e.symbol,text:t,tone:r}),a=uc(e.quantity?e.side:t?.side).text;if(e.quantity===r){if(!t||e.protection===t.protection)return;let n=e.protection===Ua.BROKER_STOP;return i(`guard: ${fc(e.protection).text}`,n?`good`:`warn`)}if(!e.quantity){let t=J(e.realizedPnl);return i(`closed, ${Y(r)} ${a}; realized ${t}`,ps(e.realizedPnl))}return i(`${r?`${Y(r)} → ${Y(e.quantity)}`:`opened`}: ${a} ${Y(e.quantity)} at ${J(e.averagePrice)}`,`accent`)}var Cc=class{cells=new Map;order=B([]);moved=B(0);get keys(){return this.order}get changes(){return this.moved}get size(){return this.order.value.length}one(e){return this.cell(e)}peek(e){return this.cells.get(e)?.peek()}get all(){return this.moved.value,this.order.value.map(e=>this.cells.get(e)?.peek())}put(e){let t=[],n=!1;for(let[r,i]of e){let e=this.cell(r);e.peek()===void 0&&t.push(r),e.value=i,n=!0}t.length&&(this.order.value=[...this.order.peek(),...new Set(t)]),n&&(this.moved.value=this.moved.peek()+1)}putLast(e){if(!e.length)return;let t=[...new Map(e.map(([e])=>[e,0])).keys()],n=new Set(t);for(let[t,n]of e)this.cell(t).value=n;this.order.value=[...this.order.peek().filter(e=>!n.has(e)),...t],this.moved.value=this.moved.peek()+1}putBehind(e){let t=e.filter(([e])=>this.peek(e)===void 0);if(t.length){for(let[e,n]of t)this.cell(e).value=n;this.order.value=[...t.map(([e])=>e),...this.order.peek()],this.moved.value=this.moved.peek()+1}}drop(e){let t=new Set;for(let n of e){let e=this.cells.get(n);e?.peek()!==void 0&&(e.value=void 0,t.add(n))}if(t.size){this.order.value=this.order.peek().filter(e=>!t.has(e)),this.moved.value=this.moved.peek()+1;for(let e of t)this.cells.delete(e)}}clear(){this.drop(this.order.peek())}cell(e){let t=this.cells.get(e);return t||(t=B(void 0),this.cells.set(e,t)),t}},wc=500,Tc=class{prices=new Cc;bars=new Cc;indicators=new Cc;positions=new Cc;orders=new Cc;signals=new Cc;alerts=new Cc;account=B(void 0);risk=B(void 0);status=B(void 0);asOfMs=B(0);loaded=B(!1);happenings=B([]);closed=B(0);renewals=B(0);entries=[];take(e){Di(()=>{for(let t of e)this.apply(t);this.entries.length&&(this.happenings.value=[...this.happenings.peek(),...this.entries].slice(-500),this.entries=[])})}tell(e){this.happenings.value=[...this.happenings.peek(),e].slice(-500)}reset(){Di(()=>{for(let e of[U.PRICES,U.BARS,U.INDICATORS,U.POSITIONS])this.forget(e);for(let e of[U.ORDERS,U.SIGNALS,U.ALERTS])this.forget(e);this.account.value=this.risk.value=this.status.value=void 0,this.asOfMs.value=0,this.loaded.value=!1,this.happenings.value=[]})}apply(e){let t=e.kind===ma.SNAPSHOT;if(t){for(let t of e.snapshotTopics)this.forget(t);e.snapshotReason!==ha.RESUMED&&(this.asOfMs.value=0,this.renewals.value=this.renewals.peek()+1)}this.asOfMs.value=Math.max(this.asOfMs.peek(),bs(e.asOf)??0),this.loaded.value=!0,this.prices.put(e.prices.map(e=>[e.symbol,e])),this.bars.put(e.bars.map(e=>[e.symbol,e])),this.indicators.put(e.indicators.map(e=>[e.symbol,e])),this.takePositions(e.positions,!t),this.takeQueued(e,!t),this.account.value=e.accounts.at(-1)??this.account.peek(),this.risk.value=e.risks.at(-1)??this.risk.peek(),this.status.value=e.statuses.at(-1)??this.status.peek()}takePositions(e,t){for(let n of e){let e=this.positions.peek(n.symbol),r=t&&Sc(n,e,this.asOfMs.peek());r&&this.entries.push(r),n.quantity?this.positions.put([[n.symbol,n]]):e&&(this.positions.drop([n.symbol]),this.closed.value=this.closed.peek()+1)}}takeQueued(e,t){this.orders.putLast(e.orders.map(e=>[e.id,e])),this.signals.putLast(e.signals.map(e=>[e.id,e])),this.alerts.putLast(e.alerts.map(e=>[e.id,e])),Ec(this.orders,e=>e.endedAt!==void 0),Ec(this.signals,()=>!0),Ec(this.alerts,e=>e.acknowledgedAt!==void 0),t&&this.entries.push(...e.orders.map(yc),...e.signals.map(bc),...e.alerts.map(xc))}forget(e){({[U.PRICES]:this.prices,[U.BARS]:this.bars,[U.INDICATORS]:this.indicators,[U.POSITIONS]:this.positions,[U.ORDERS]:this.orders,[U.SIGNALS]:this.signals,[U.ALERTS]:this.alerts})[e]?.clear()}};function Ec(e,t){let n=e.keys.peek().length-wc;n<50||e.drop(e.keys.peek().filter(n=>t(e.peek(n))).slice(0,n))}var Dc=`fluxhero.token`,Oc=`fluxhero.session`,kc=150,Ac=class{channel=new BroadcastChannel(Oc);token=sessionStorage.getItem(Dc)??``;constructor(e){this.channel.onmessage=({data:t})=>{`ask`in t&&this.token&&this.channel.postMessage({token:this.token}),`out`in t&&(this.forget(),e())}}async find(){return this.token||await this.ask()}keep(e){this.token=e,sessionStorage.setItem(Dc,e)}signOut(){this.forget(),this.channel.postMessage({out:!0})}forget(){this.token=``,sessionStorage.removeItem(Dc)}ask(){let e=new BroadcastChannel(Oc);return new Promise(t=>{let n=n=>{clearTimeout(r),e.close(),t(n)},r=setTimeout(()=>n(``),kc);e.onmessage=({data:e})=>`token`in e&&n(e.token),e.postMessage({ask:!0})})}},Z=new class{store=new Tc;link=B(Ms);stage=B(`looking`);caller=B(void 0);notice=B(``);role=V(()=>this.caller.value?.role??P.READ);isLive=V(()=>this.store.status.value?.mode===Yr.LIVE);frames=new Ys(e=>this.store.take(e));keeper=new Ac(()=>this.leave(`You signed out in another tab.`));current;ending=new AbortController;get api(){if(!this.current)throw Error(`nobody is signed in`);return this.current}may(e){return this.role.value>=e}async begin(){let e=await this.keeper.find();e?this.enter(e):this.stage.value=`out`}async signIn(e){try{let{caller:t}=await rs(e).system.getStatus({});this.caller.value=t,this.enter(e);return}catch(e){return Ds(e)}}signOut(){this.keeper.signOut(),this.leave(``)}enter(e){this.keeper.keep(e),this.ending=new AbortController,this.current=rs(e,e=>this.onFailure(e)),Di(()=>{this.link.value={...Ms,sinceMs:performance.now()},this.stage.value=`in`,this.notice.value=``}),this.listen(this.current,this.ending.signal)}leave(e){this.ending.abort(),this.frames.flush(),this.current=void 0,Di(()=>{this.store.reset(),this.caller.value=void 0,this.notice.value=e,this.stage.value=`out`})}async listen(e,t){this.identify(e),await Ws((t,n)=>e.stream.watch(t,{signal:n,timeoutMs:0}),{message:e=>this.frames.push(e),heard:()=>this.onHeard(e),lost:e=>this.onLost(e),denied:e=>this.onDenied(e)},t)}async identify(e){try{let{caller:t}=await e.system.getStatus({});e===this.current&&(this.caller.value=t)}catch{}}onHeard(e){let t=this.link.peek();this.link.value=Ns(t,performance.now()),t.phase!==`live`&&t.losses>0&&(this.tell(`connected again`,`good`),this.identify(e))}onLost(e){this.link.peek().phase===`live`&&this.tell(`connection lost: ${e.text}`,`bad`),this.link.value=Ps(this.link.peek(),performance.now(),e.text)}onFailure(e){let t=Ds(e);ks(t)&&this.onDenied(t)}onDenied(e){this.stage.peek()===`in`&&(this.keeper.forget(),this.leave(`The daemon does not take this token: ${e.text}.`))}tell(e,t){this.store.tell({timeMs:this.store.asOfMs.peek(),kind:`link`,symbol:``,text:e,tone:t})}},jc=new URL(`icon-WuwAYNB5.svg`,import.meta.url).href,Mc=Symbol.for(`pv`),Nc=0;Array.isArray;function Q(t,n,r,i,a,o){n||={};var s,c,l=n;if(`ref`in l&&typeof t!=`function`)for(c in l={},n)c==`ref`?s=n[c]:l[c]=n[c];var u={type:t,props:l,key:r,ref:s,__k:null,__:null,__b:0,__e:null,__c:null,constructor:Mc,__v:--Nc,__i:-1,__u:0};return(a||o)&&(u.__source=a,u.__self=o),e.vnode&&e.vnode(u),u}function Pc(){let e=H(``),t=H(!1),n=H(``),r=async r=>{r.preventDefault();let i=e.value.trim();if(!i){n.value=`Enter a token.`;return}t.value=!0;let a=await Z.signIn(i);t.value=!1,n.value=a?`${a.text}.`:``},i=n.value||Z.notice.value;return Q(`main`,{class:`gate`,children:Q(`form`,{onSubmit:r,children:[Q(`h1`,{children:[Q(`img`,{src:jc,alt:``,width:30,height:30}),`FluxHero`]}),i&&Q(`p`,{class:`note`,role:`alert`,children:i}),Q(`div`,{class:`field`,children:[Q(`label`,{for:`token`,children:`Token`}),Q(`input`,{id:`token`,class:`input`,type:`password`,autocomplete:`current-password`,autofocus:!0,spellcheck:!1,placeholder:`fhx_…`,value:e.value,onInput:t=>{e.value=t.currentTarget.value}})]}),Q(`button`,{type:`submit`,class:`button primary`,disabled:t.value,children:t.value?`Signing in …`:`Sign in`}),Q(`p`,{class:`dim`,children:[`On the daemon's machine `,Q(`code`,{children:`fluxherod token create --role read --name browser`}),` makes one; the first start left `,Q(`code`,{children:`read.token`}),`, `,Q(`code`,{children:`trade.token`}),` and `,Q(`code`,{children:`admin.token`}),` in its state folder. This tab keeps it until it is closed.`]})]})})}var Fc=class extends S{state={error:``};static getDerivedStateFromError(e){return{error:e instanceof Error?e.message:String(e)}}componentDidCatch(e){console.error(e)}render(){return this.state.error?Q(`div`,{class:`panel problem`,role:`alert`,children:[Q(`h2`,{class:`bad`,children:[this.props.what,` can't be shown`]}),Q(`p`,{children:this.state.error}),Q(`p`,{class:`dim`,children:`This is a fault of the page, not of the daemon: it trades on, and the other views work.`}),Q(`button`,{type:`button`,class:`button`,onClick:()=>this.setState({error:``}),children:`Show it again`})]}):this.props.children}},Ic={live:`M1.5 9h3l2-6 3.5 10 2-4h2.5`,chart:`M4 2v12M4 5H2.5v5H4M4 5h1.5v5H4M11.5 2v12M11.5 4H10v7h1.5M11.5 4H13v7h-1.5`,signals:`M8 13.5V9M4.5 6.5a5 5 0 0 1 7 0M2 4a8.5 8.5 0 0 1 12 0M8 9.5v0`,orders:`M3 3.5h10M3 8h10M3 12.5h6`,trades:`M2 5h9.5M9 2.5 11.5 5 9 7.5M14 11H4.5M7 8.5 4.5 11 7 13.5`,risk:`M8 1.5 13.5 4v4c0 3.2-2.3 5.5-5.5 6.5C4.8 13.5 2.5 11.2 2.5 8V4z`,backtest:`M2.5 8a5.5 5.5 0 1 0 1.7-4M2.5 2v2.8h2.8M8 5v3.2l2.2 1.3`,system:`M2 3h12v4H2zM2 9h12v4H2zM4.5 5h.01M4.5 11h.01`,sun:`M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.1 1.1M11.9 11.9 13 13M13 3l-1.1 1.1M4.1 11.9 3 13`,moon:`M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z`,out:`M6.5 2.5h-4v11h4M10 5l3 3-3 3M13 8H6`,close:`M3.5 3.5l9 9M12.5 3.5l-9 9`,key:`M10 2a4 4 0 1 1-3.4 6.1L2 12.7V14h2.5v-1.7h1.7v-1.7L7.9 9`};function Lc({name:e,size:t=16}){return Q(`svg`,{width:t,height:t,viewBox:`0 0 16 16`,fill:`none`,stroke:`currentColor`,"stroke-width":`1.4`,"stroke-linecap":`round`,"stroke-linejoin":`round`,"aria-hidden":`true`,children:Q(`path`,{d:Ic[e]})})}var Rc=B(void 0),zc=0;function Bc(e){zc+=1,Rc.value={id:zc,content:e}}function Vc(){Rc.value=void 0}function Hc(){mi(()=>Vc,[]);let e=Rc.value;return e?Q(`div`,{children:e.content},e.id):null}function Uc({title:e,wide:t,children:n}){let r=hi(null);return mi(()=>{let e=document.activeElement;return r.current?.showModal(),()=>e instanceof HTMLElement&&e.focus()},[]),Q(`dialog`,{ref:r,class:t?`dialog wide`:`dialog`,"aria-label":e,onClose:Vc,children:[Q(`header`,{children:[Q(`h2`,{children:e}),Q(`button`,{type:`button`,class:`icon-button`,onClick:Vc,"aria-label":`close`,children:Q(Lc,{name:`close`,size:12})})]}),n]})}var Wc=B(performance.now());setInterval(()=>{Wc.value=performance.now()},1e3);var Gc=()=>location.hash.replace(/^#\/?/,``).split(`/`).filter(Boolean).map(decodeURIComponent),Kc=B(Gc());addEventListener(`hashchange`,()=>{Kc.value=Gc()});var qc=V(()=>Kc.value[0]??``),Jc=V(()=>Kc.value.slice(1)),Yc=(...e)=>`#/${e.map(encodeURIComponent).join(`/`)}`;function Xc(...e){location.hash=Yc(...e)}function Zc({title:e,count:t,tools:n,padded:r,class:i=``,children:a}){return Q(`section`,{class:`panel ${i}`,"aria-label":e,children:[Q(`header`,{children:[Q(`h2`,{children:e}),t!==void 0&&Q(`span`,{class:`count`,children:t}),n&&Q(`div`,{class:`tools`,children:n})]}),Q(`div`,{class:r?`body padded`:`body scroll`,tabIndex:r?void 0:-1,children:a})]})}var Qc=({word:e})=>Q(`span`,{class:e.tone,children:e.text}),$c=({word:e})=>Q(`span`,{class:`badge ${e.tone}`,children:e.text}),el=({amount:e})=>Q(`span`,{class:ps(e),children:ds(e)}),tl=({value:e,digits:t})=>Q(`span`,{class:ps(e),children:nc(e,t)}),nl=({word:e,up:t})=>Q(`span`,{class:`side ${t?`up`:`down`} ${e.tone}`,children:e.text}),rl=({of:e})=>Q(`a`,{class:`symbol`,href:Yc(`chart`,e),children:e});function il({part:e,tone:t}){return Q(`div`,{class:`meter`,"aria-hidden":`true`,children:Q(`span`,{class:t,style:{width:`${Math.round(Math.min(Math.max(e,0),1)*1e3)/10}%`}})})}var al=({what:e})=>Q(`p`,{class:`loading`,role:`status`,children:[`loading `,e,` …`]}),ol=({children:e})=>Q(`p`,{class:`empty`,children:e});function sl({of:e}){return Q(`dl`,{class:`facts`,children:e.map(([e,t])=>Q(x,{children:[Q(`dt`,{children:e},e),Q(`dd`,{children:t},`${e}=`)]}))})}function cl(e){let t=H(0),n=gi(()=>({value:B(void 0),failure:B(void 0),busy:B(!0)}),[]);return la(()=>{t.value;let r=new AbortController;return n.busy.value=!0,e(r.signal).then(e=>{r.signal.aborted||(n.value.value=e,n.failure.value=void 0,n.busy.value=!1)}).catch(e=>{r.signal.aborted||(n.failure.value=Ds(e),n.busy.value=!1)}),()=>r.abort()}),{...n,again:()=>{t.value+=1}}}function ll({asked:e,what:t,children:n}){let r=e.value.value,i=e.failure.value;return Q(x,{children:[i&&Q(`div`,{class:`problem`,role:`alert`,children:[Q(`p`,{class:`bad`,children:[t,`: `,i.text]}),Q(`button`,{type:`button`,class:`button small`,onClick:e.again,children:`Try again`})]}),r===void 0?!i&&Q(al,{what:t}):n(r)]})}var ul=`fluxhero.theme`,dl=matchMedia(`(prefers-color-scheme: light)`),fl=localStorage.getItem(ul),pl=()=>dl.matches?`light`:`dark`,ml=B(fl===`light`||fl===`dark`?fl:pl());dl.addEventListener(`change`,()=>{localStorage.getItem(ul)||(ml.value=pl())}),Ki(()=>{document.documentElement.dataset.theme=ml.value});function hl(){ml.value=ml.peek()===`dark`?`light`:`dark`,localStorage.setItem(ul,ml.peek())}var gl=e=>getComputedStyle(document.documentElement).getPropertyValue(`--${e}`).trim(),_l=e=>Number(e.startTime?.seconds??0n);function vl(e,t){let n=new Map(t.map(e=>[Number(e.barStartTime?.seconds??0n),e]));return[...new Map(e.map(e=>[_l(e),e])).entries()].sort(([e],[t])=>e-t).map(([e,t])=>({time:e,endMs:bs(t.endTime)??e*1e3,bar:t,known:n.get(e)}))}function yl(e,t,n){let r=e.at(-1);if(!t||r&&_l(t)<r.time)return e;let i=_l(t),a=Number(n?.barStartTime?.seconds??-1n)===i?n:void 0;if(r?.time===i&&(r.known||!a))return e;let o={time:i,endMs:bs(t.endTime)??i*1e3,bar:t,known:a};return[...e.filter(e=>e.time<i),o].slice(-500)}var bl=(e,t)=>e.map(({time:e,known:n})=>{let r=n?.[t];return r===void 0?{time:e}:{time:e,value:r}});function xl(e,t){let n=e[0];if(!(!n||t<n.time*1e3))return e.find(e=>t<=e.endMs)??e.at(-1)}var Sl={[Fa.LONG]:{shape:`arrowUp`,below:!0,text:`L`},[Fa.SHORT]:{shape:`arrowDown`,below:!1,text:`S`},[Fa.EXIT_LONG]:{shape:`arrowDown`,below:!1,text:`X`},[Fa.EXIT_SHORT]:{shape:`arrowUp`,below:!0,text:`X`}};function Cl(e,t){let n=new Set(e.map(e=>e.time)),r=[];for(let e of t){let t=Number(e.barStartTime?.seconds??0n),i=Sl[e.kind];if(!i||!n.has(t))continue;let a=e.outcome===`ordered`;r.push({time:t,...i,tone:a?i.shape===`arrowUp`?`up`:`down`:`dim`})}return r.sort((e,t)=>e.time-t.time)}function wl(e,t){let n=[];for(let r of t){let t=bs(r.endedAt??r.updatedAt),i=r.averageFillPrice&&t!==void 0?xl(e,t):void 0;if(!i)continue;let a=r.side===ga.BUY;n.push({time:i.time,shape:`circle`,below:a,tone:`accent`,text:us(r.averageFillPrice)})}return n.sort((e,t)=>e.time-t.time)}function Tl(e){return e?[[`entry`,e.averagePrice],[`stop`,e.stopPrice],[`target`,e.targetPrice],[`watched stop`,e.watchedStopPrice]].flatMap(([e,t])=>t?[{name:e,price:Number(t)}]:[]):[]}function El(e){let{bar:t,known:n}=e;return[[`O`,$s(t.open)],[`H`,$s(t.high)],[`L`,$s(t.low)],[`C`,$s(t.close)],[`KAMA`,$s(n?.kama)],[`ATR`,ec(n?.atr)],[`RSI`,ec(n?.rsi,1)],[`ADX`,ec(n?.adx,1)],[`R²`,ec(n?.rSquared)],[`regime`,cc(t.regime).text]]}var Dl={[ya.STRONG_TREND]:`accent`,[ya.MEAN_REVERSION]:`warn`,[ya.NEUTRAL]:`line-strong`},Ol=(function(){let e=typeof document<`u`&&document.createElement(`link`).relList;return e&&e.supports&&e.supports(`modulepreload`)?`modulepreload`:`preload`})(),kl=function(e,t){return new URL(e,t).href},Al={},jl=function(e){return e.pathname.endsWith(`.css`)},Ml=function(e,t,n){if(t in e)return e[t];let r=n();if(!r){e[t]=void 0;return}let i=r.then(()=>{e[t]=void 0},n=>{throw e[t]=void 0,n});return e[t]=i,i},Nl=function(e,t,n){let r=Promise.resolve();if(t&&t.length>0){let e,i=document.querySelector(`meta[property=csp-nonce]`),a=i?.nonce||i?.getAttribute(`nonce`);function o(e){return Promise.all(e.map(e=>Promise.resolve(e).then(e=>({status:`fulfilled`,value:e}),e=>({status:`rejected`,reason:e}))))}function s(e){return import.meta.resolve?new URL(import.meta.resolve(e)):new URL(e,import.meta.url)}r=o(t.map(t=>{t=kl(t,n);let r=s(t),i=jl(r);return Ml(Al,r.href,()=>{if(e===void 0){e={all:new Set,styles:new Set};let t=document.getElementsByTagName(`link`);for(let n=t.length-1;n>=0;n--){let r=t[n];e.all.add(r.href),r.rel===`stylesheet`&&e.styles.add(r.href)}}if((i?e.styles:e.all).has(r.href))return;let t=document.createElement(`link`);if(t.rel=i?`stylesheet`:Ol,i||(t.as=`script`),t.crossOrigin=``,t.href=r.href,a&&t.setAttribute(`nonce`,a),document.head.appendChild(t),i)return new Promise((e,n)=>{let i=a=>{t.removeEventListener(`load`,i),t.removeEventListener(`error`,i),a.type===`error`?n(Error(`Unable to preload CSS for ${r}`)):e(a)};t.addEventListener(`load`,i),t.addEventListener(`error`,i)})})}).filter(e=>e!==void 0))}function i(e){let t=new Event(`vite:preloadError`,{cancelable:!0});if(t.payload=e,window.dispatchEvent(t),!t.defaultPrevented)throw e}return r.then(t=>{for(let e of t||[])e.status===`rejected`&&i(e.reason);return e().catch(i)})},{store:$}=Z,Pl=160,Fl=200,Il=[`RSI`,`ADX`,`ATR`],Ll=V(()=>[...$.prices.keys.value].sort()),Rl=V(()=>Jc.value[0]??Ll.value[0]??``),zl=B([`RSI`,`ADX`]);function Bl(){let e=Rl.value;return Q(`div`,{class:`view chart-view`,children:e?Q(Vl,{symbol:e},e):Q(ol,{children:`The daemon follows no symbol yet.`})})}function Vl({symbol:e}){let t=cl(async t=>{$.renewals.value;let{bars:n,indicators:r}=await Z.api.market.getBars({symbol:e,pageSize:500,includeIndicators:!0},{signal:t});return vl(n,r)}),n=cl(async t=>{$.renewals.value;let n={symbols:[e],pageSize:Fl};return(await Z.api.signal.listSignals(n,{signal:t})).signals});return Q(Zc,{title:e,class:`chart`,padded:!0,tools:Q(Hl,{symbol:e}),children:Q(ll,{asked:t,what:`the bars of ${e}`,children:t=>t.length?Q(Ul,{symbol:e,loaded:t,old:n}):Q(ol,{children:`No completed bar yet.`})})})}function Hl({symbol:e}){let t=$.prices.one(e).value,n=e=>{let t=zl.value.filter(t=>t!==e);zl.value=t.length<zl.value.length?t:Il.filter(n=>n===e||t.includes(n))};return Q(x,{children:[Q(`strong`,{class:`now`,children:$s(t?.price)}),Q(`span`,{class:ps(t?.changePct),children:nc(t?.changePct)}),Q($c,{word:cc($.indicators.one(e).value?.regime)}),Q(`fieldset`,{class:`group`,"aria-label":`indicator panes`,children:Il.map(e=>Q(`button`,{type:`button`,class:`button small`,"aria-pressed":zl.value.includes(e),onClick:()=>n(e),children:e},e))}),Q(`select`,{class:`input symbols`,"aria-label":`symbol`,value:e,onChange:e=>Xc(`chart`,e.currentTarget.value),children:Ll.value.map(e=>Q(`option`,{value:e,children:e},e))})]})}function Ul({symbol:e,loaded:t,old:n}){let r=hi(null),i=H(void 0),a=H(void 0),o=gi(()=>B(t),[t]);la(()=>{o.value=yl(o.peek(),$.bars.one(e).value,$.indicators.one(e).value)}),mi(()=>{let e=!1;return Nl(()=>import(`./canvas-CxwYn12W.js`).then(t=>{!e&&r.current&&(i.value=new t.Canvas(r.current,zl.value,e=>{a.value=e}),i.value.draw(o.peek()),i.value.showLast(Pl,o.peek().length),r.current.dataset.drawn=String(o.peek().length))}),[],import.meta.url),()=>{e=!0,i.value?.end(),i.value=void 0}},[ml.value,zl.value,o]),la(()=>i.value?.draw(o.value)),la(()=>i.value?.level(Tl($.positions.one(e).value))),la(()=>i.value?.price($.prices.one(e).value?.price)),la(()=>{let t=[...n.value.value??[],...$.signals.all.filter(t=>t.symbol===e)],r=[...new Map(t.map(e=>[e.id,e])).values()],a=$.orders.all.filter(t=>t.symbol===e),s=[...Cl(o.value,r),...wl(o.value,a)];i.value?.mark(s.sort((e,t)=>e.time-t.time))});let s=o.value.find(e=>e.time===a.value)??o.value.at(-1);return Q(x,{children:[Q(`dl`,{class:`legend`,children:s&&El(s).map(([e,t])=>Q(`div`,{children:[Q(`dt`,{children:e}),Q(`dd`,{children:t})]},e))}),Q(`div`,{class:`canvas`,ref:r,role:`img`,"aria-label":`${e}: ${o.value.length} bars with KAMA, bands, signals and indicators`})]})}var Wl={id:`chart`,title:`Chart`,icon:`chart`,Screen:Bl},Gl=6e3,Kl=2e4,ql=0,Jl=B([]);function Yl(e,t=`good`){ql+=1;let n=ql;Jl.value=[...Jl.peek().slice(-3),{id:n,text:e,tone:t}],setTimeout(()=>Xl(n),t===`bad`?Kl:Gl)}function Xl(e){Jl.value=Jl.peek().filter(t=>t.id!==e)}var Zl=3,Ql=400;async function $l(e){let t=crypto.randomUUID();for(let n=1;;n+=1)try{return{answer:await e(t)}}catch(e){let t=Ds(e);if(!As(t)||n===Zl)return{failure:t};await new Promise(e=>setTimeout(e,Ql*n))}}async function eu(e,t){let n=await $l(t);return n.failure?Yl(tu(n.failure),`bad`):Yl(e),n}function tu(e){if(As(e))return`No answer came: it may or may not have been done. Look before you ask again.`;let t=Object.entries(e.fields).map(([e,t])=>`${e}: ${t}`);return[e.text,...t].join(`; `)}function nu({label:e,wrong:t,hint:n,text:r,type:i=`text`,numeric:a,options:o,...s}){let c=_i();return Q(ru,{id:c,label:e,wrong:t,hint:n,children:[Q(`input`,{id:c,class:`input`,type:i,value:r.value,inputMode:a?`decimal`:void 0,autocomplete:`off`,spellcheck:!1,list:o&&`${c}-list`,"aria-invalid":t?`true`:void 0,"aria-describedby":t?`${c}-wrong`:void 0,onInput:e=>{r.value=e.currentTarget.value},...s}),o&&Q(`datalist`,{id:`${c}-list`,children:o.map(e=>Q(`option`,{value:e},e))})]})}var ru=({id:e,label:t,wrong:n,hint:r,children:i})=>Q(`div`,{class:`field`,children:[Q(`label`,{for:e,children:t}),i,r&&!n&&Q(`span`,{class:`label`,children:r}),n&&Q(`span`,{class:`wrong`,id:`${e}-wrong`,children:n})]});function iu({of:e}){let t=H(``),n=H(``),r=H(``),i=H(!1);return Q(Uc,{title:e.title,children:Q(`form`,{onSubmit:async a=>{if(a.preventDefault(),r.value=au(e,t.value,n.value),r.value||i.value)return;i.value=!0;let{failure:o}=await e.send(n.value.trim());i.value=!1,o?r.value=tu(o):Vc()},children:[Q(`div`,{class:`body`,children:[Q(`div`,{children:e.text}),e.needsReason&&Q(nu,{label:`Reason, recorded`,text:n,autofocus:!0,maxLength:200}),e.word&&Q(nu,{label:`Type ${e.word}`,text:t,autofocus:!e.needsReason,maxLength:20}),r.value&&Q(`p`,{class:`bad`,role:`alert`,children:r})]}),Q(`footer`,{children:[Q(`button`,{type:`button`,class:`button`,onClick:Vc,autofocus:!e.word&&!e.needsReason,children:`Keep as it is`}),Q(`button`,{type:`submit`,class:e.danger?`button alarm`:`button primary`,disabled:i.value,children:i.value?`Sending …`:e.action})]})]})})}function au(e,t,n){return e.needsReason&&!n.trim()?`Not sent: say why, it is recorded.`:e.word&&t!==e.word?`Not sent: the word is ${e.word}, in capitals.`:``}function ou({of:e}){return!Z.may(P.TRADE)||e.foreign||e.exitReason?null:Q(`button`,{type:`button`,class:`button danger small`,onClick:()=>su(e),"aria-label":`close ${e.symbol}`,children:`Close`})}function su(e){let{symbol:t}=e;Bc(Q(iu,{of:{title:`Close ${t}`,text:Q(x,{children:[Q(`p`,{class:`strong`,children:[uc(e.side).text,` `,Y(e.quantity),` `,t,`, at the market`]}),Q(`p`,{children:[`Entry `,J(e.averagePrice),`, last `,J(e.lastPrice),`, P&L `,ds(e.unrealizedPnl),`. Its stop is canceled first.`]})]}),action:`Close ${t}`,danger:!0,send:async()=>{let e=await $l(e=>Z.api.position.closePosition({requestId:e,symbol:t,reason:`closed in the browser`}));return e.answer&&Yl(`${t} is being closed.`),e}}}))}var cu=1e3;function lu(e,t,n){let r=Math.min(n??1/0,...e),i=Math.max(n??-1/0,...e),a=i-r||1,o=i>r?r:r-.5,s=cu/Math.max(e.length-1,1),c=e=>t-2-(e-o)/a*(t-4);return e.map((e,t)=>`${t?`L`:`M`}${(t*s).toFixed(1)} ${c(e).toFixed(1)}`).join(``)}function uu({values:e,height:t,label:n,tone:r=``,floor:i}){if(e.length<2)return Q(`p`,{class:`empty`,children:`not enough points yet`});let a=lu(e,t,i);return Q(`svg`,{class:`curve ${r}`,viewBox:`0 0 ${cu} ${t}`,height:t,preserveAspectRatio:`none`,role:`img`,"aria-label":n,children:[Q(`path`,{class:`area`,d:`${a}L${cu} ${t}L0 ${t}Z`}),Q(`path`,{class:`line`,d:a})]})}function du({label:e,columns:t,keys:n,row:r,open:i,selected:a}){let o=H(void 0),s=pu(n,r,t,o.value);return Q(`table`,{class:`table`,"aria-label":e,children:[Q(`thead`,{children:Q(`tr`,{children:t.map((e,t)=>Q(_u,{column:e,number:t,order:o},e.title))})}),Q(`tbody`,{children:s.map(e=>Q(vu,{id:e,source:r(e),columns:t,open:i,selected:e===a},e))})]})}function fu(e){let{list:t,id:n,...r}=e,i=gi(()=>new Map(t.map(e=>[n(e),{value:e,peek:()=>e}])),[t]),a=e=>i.get(e);return Q(du,{...r,keys:[...i.keys()],row:a})}function pu(e,t,n,r){let i=r&&n[r.column]?.sort;if(!i)return e;let a=r.down?-1:1,o=new Map(e.map(e=>[e,mu(t(e).value,i)]));return[...e].sort((e,t)=>a*hu(o.get(e),o.get(t)))}var mu=(e,t)=>e===void 0?``:t(e);function hu(e,t){return typeof e==`number`&&typeof t==`number`?e-t:String(e).localeCompare(String(t))}var gu=e=>[e.right&&`right`,e.grow&&`grow`,e.from&&`from-${e.from}`].filter(Boolean).join(` `);function _u({column:e,number:t,order:n}){let r=n.value?.column===t?n.value:void 0,i=()=>{n.value=r?r.down?{column:t,down:!1}:void 0:{column:t,down:!0}},a=r&&(r.down?`descending`:`ascending`);return Q(`th`,{scope:`col`,class:gu(e),"aria-sort":a,children:e.sort?Q(`button`,{type:`button`,onClick:i,children:[e.title,r?r.down?` ↓`:` ↑`:``]}):Q(`span`,{class:e.untitled?`hidden`:void 0,children:e.title})})}function vu({id:e,source:t,columns:n,open:r,selected:i}){let a=t.value;if(a===void 0)return null;let o=n.map((t,n)=>Q(`td`,{class:gu(t),children:r&&n===0?Q(`button`,{type:`button`,class:`open`,onClick:()=>r(e),children:t.cell(a)}):t.cell(a)},t.title));return Q(`tr`,{class:r?`opens`:void 0,"aria-current":i||void 0,onClick:r&&(t=>!t.target.closest(`button, a, input`)&&r(e))||void 0,children:o})}var{store:yu}=Z,bu=60,xu=new Intl.DateTimeFormat(`en-CA`,{timeZone:ms,timeStyle:`medium`,hourCycle:`h23`}),Su=e=>e.timeMs?xu.format(e.timeMs):`–`;function Cu({most:e=bu}){let t=yu.happenings.value.slice(-e).reverse();return Q(Zc,{title:`Activity`,class:`activity`,children:t.length?Q(`ol`,{class:`feed`,children:t.map((e,t)=>Q(`li`,{children:[Q(`time`,{children:Su(e)}),Q(`span`,{class:`symbol`,children:e.symbol||e.kind}),Q(`span`,{class:e.tone,children:e.text})]},`${e.timeMs}${e.text}${t}`))}):Q(ol,{children:`Nothing has happened since this page was opened.`})})}function wu(e,t){let n={tone:``,noteTone:`dim`};return[{...n,title:`Equity`,value:J(e?.equity),note:`peak ${J(t?.peakEquity)}`},{title:`Day P&L`,value:ds(e?.dayPnl),tone:ps(e?.dayPnl),note:nc(e?.dayPnlPct),noteTone:ps(e?.dayPnlPct),...Tu(t,`daily_loss`)},{...n,title:`Unrealized`,value:ds(e?.unrealizedPnl),tone:ps(e?.unrealizedPnl),note:`realized today ${ds(e?.realizedPnlToday)}`},{...n,title:`Drawdown`,value:tc(t?.drawdownPct),note:`below the peak`,...Tu(t,`drawdown`)},{...n,title:`Exposure`,value:tc(e?.exposurePct),note:J(e?.exposure),...Tu(t,`exposure`)},{...n,title:`Buying power`,value:J(e?.buyingPower),note:`cash ${J(e?.cash)}`}]}function Tu(e,t){let n=e?.usage.find(e=>e.code===t),r=n&&Eu(n);return r===void 0?{}:{used:r}}function Eu(e){if(e.limit!==void 0&&e.actual!==void 0&&e.limit!==0)return Math.max(e.actual/e.limit,0)}var Du=e=>e>=1?`bad`:e>=.8?`warn`:`accent`,Ou={active:`good`,delayed:`warn`,offline:`bad`};function ku(e,t){let n=Ls(e,t),r=Fs(e,t);return{beat:n,tone:Ou[n],text:r===void 0?`nothing heard yet`:`last word ${Es(r/1e3)} ago`}}function Au(e,t){let n=bs(e.openedAt);return Es(n===void 0?void 0:Math.max((t-n)/1e3,0))}function ju(e){if(!e.length)return``;let t=[...e].sort((e,t)=>Number(e.equity)-Number(t.equity));return`low ${J(t[0]?.equity)} · high ${J(t.at(-1)?.equity)}`}var Mu=e=>e.map(e=>Number(e.equity)).reverse(),{store:Nu}=Z,Pu=500,Fu=V(()=>Math.floor(Nu.asOfMs.value/1e3)*1e3),Iu=[{title:`Symbol`,cell:e=>Q(rl,{of:e.symbol}),sort:e=>e.symbol},{title:`Side`,cell:e=>Q(nl,{word:uc(e.side),up:e.side===_a.LONG})},{title:`Shares`,right:!0,cell:e=>Y(e.quantity),sort:e=>Number(e.quantity)},{title:`Entry`,right:!0,cell:e=>us(e.averagePrice),sort:e=>Number(e.averagePrice)},{title:`Price`,right:!0,cell:e=>us(e.lastPrice),sort:e=>Number(e.lastPrice)},{title:`P&L $`,right:!0,cell:e=>Q(el,{amount:e.unrealizedPnl}),sort:e=>Number(e.unrealizedPnl)},{title:`P&L %`,right:!0,cell:e=>Q(tl,{value:e.unrealizedPnlPct}),sort:e=>e.unrealizedPnlPct},{title:`Value`,right:!0,from:1500,cell:e=>us(e.marketValue),sort:e=>Number(e.marketValue)},{title:`Stop`,right:!0,cell:e=>us(e.stopPrice)},{title:`At risk`,right:!0,from:1500,cell:e=>J(e.riskAtStop),sort:e=>Number(e.riskAtStop)},{title:`Guard`,from:1200,cell:e=>Q(Ju,{of:e})},{title:`Mode`,from:1500,cell:e=>lc(e.mode).text},{title:`Held`,right:!0,cell:e=>Q(Ku,{of:e}),sort:e=>-Number(e.openedAt?.seconds??0)},{title:`Actions`,untitled:!0,right:!0,cell:e=>Q(ou,{of:e})}],Lu=[{title:`Symbol`,cell:e=>Q(rl,{of:e.symbol}),sort:e=>e.symbol},{title:`Price`,right:!0,cell:e=>$s(e.price),sort:e=>e.price},{title:`Day`,right:!0,cell:e=>Q(tl,{value:e.changePct}),sort:e=>e.changePct??0},{title:`Bid`,right:!0,from:900,cell:e=>Q(`span`,{class:`dim`,children:$s(e.bid)})},{title:`Ask`,right:!0,from:900,cell:e=>Q(`span`,{class:`dim`,children:$s(e.ask)})},{title:`Regime`,cell:e=>Q(qu,{symbol:e.symbol})},{title:`At`,right:!0,from:900,cell:e=>Q(`span`,{class:`dim`,children:Cs(e.time)})}];function Ru(){return Q(`div`,{class:`view live-view`,children:[Q(zu,{}),Q(`div`,{class:`columns`,children:[Q(`div`,{class:`view`,children:[Q(Hu,{}),Q(Wu,{})]}),Q(`div`,{class:`view`,children:[Q(Gu,{}),Q(Cu,{})]})]})]})}function zu(){return Q(`div`,{class:`tiles`,children:[wu(Nu.account.value,Nu.risk.value).map(e=>Q(Bu,{tile:e},e.title)),Q(Vu,{})]})}function Bu({tile:e}){return Q(`section`,{class:`tile`,"aria-label":e.title,children:[Q(`h2`,{children:e.title}),Q(`p`,{class:`value ${e.tone}`,children:e.value}),Q(`p`,{class:`note ${e.noteTone}`,children:e.note}),e.used!==void 0&&Q(il,{part:e.used,tone:Du(e.used)})]})}function Vu(){let e=ku(Z.link.value,Wc.value);return Q(`section`,{class:`tile`,"aria-label":`Heartbeat`,children:[Q(`h2`,{children:`Heartbeat`}),Q(`p`,{class:`value ${e.tone}`,children:[Q(`span`,{class:`dot ${e.beat===`active`?`beating`:``}`}),` `,e.beat]}),Q(`p`,{class:`note dim`,children:e.text})]})}function Hu(){let e=Nu.positions.keys.value;return Q(Zc,{title:`Positions`,count:e.length,children:e.length?Q(du,{label:`Positions`,columns:Iu,keys:e,row:e=>Nu.positions.one(e)}):Q(ol,{children:`No open position.`})})}var Uu=V(()=>[...Nu.prices.keys.value].sort());function Wu(){return Q(Zc,{title:`Prices`,count:Uu.value.length,class:`prices`,children:Q(du,{label:`Prices`,columns:Lu,keys:Uu.value,row:e=>Nu.prices.one(e)})})}function Gu(){return Q(Zc,{title:`Equity curve`,padded:!0,children:Q(ll,{asked:cl(async e=>{Nu.renewals.value;let t=da.HOUR;return(await Z.api.account.getEquityCurve({pageSize:Pu,resolution:t},{signal:e})).points}),what:`the equity curve`,children:e=>Q(x,{children:[Q(uu,{values:Mu(e),height:132,label:`recorded equity, hour by hour`}),Q(`p`,{class:`dim extremes`,children:ju(e)})]})})})}var Ku=({of:e})=>Q(x,{children:Au(e,Fu.value)}),qu=({symbol:e})=>Q(Qc,{word:cc(Nu.indicators.one(e).value?.regime)});function Ju({of:e}){return e.exitReason?Q(`span`,{class:`warn`,children:[`closing: `,e.exitReason]}):e.foreign?Q(`span`,{class:`warn`,children:`foreign`}):Q(Qc,{word:fc(e.protection)})}var Yu={id:`live`,title:`Live`,icon:`live`,Screen:Ru};function Xu(e,t){let n=xs(e.uptime);return[[`State`,[ac(e.state).text,e.stateDetail].filter(Boolean).join(`: `)],[`Version`,e.version],[`Up`,`${Es(n)}, run ${Y(e.run)} of this journal`],[`Timeframe`,`${e.timeframe}, ${rc(e.symbols.length,`symbol`)}`],[`Last bar`,Ts(e.progress?.lastBarTime)],[`Journal`,`event ${Y(e.progress?.journalSeq)}, ${Y(e.progress?.eventsQueued)} waiting`],[`Today`,`${rc(e.counts?.signalsToday??0n,`signal`)}, ${rc(e.counts?.tradesToday??0n,`trade`)}`],[`Streams`,rc(e.counts?.subscribers??0n,`subscriber`)],[`You`,t?`${t.name}, ${_c(t.role).text}${Zu(t)}`:`–`]]}var Zu=e=>e.expiresAt?`, until ${Ts(e.expiresAt)} ET`:``;function Qu(e){return e.up?e.stale?{text:`stale`,tone:`warn`}:{text:`up`,tone:`good`}:{text:e.fatal?`down, mend it`:`down`,tone:`bad`}}function $u(e){return[[e.bars,`bar`],[e.quotes,`quote`],[e.tradeUpdates,`update`]].filter(([e])=>e>0n).map(([e,t])=>rc(e,t)).join(`, `)||rc(e.frames,`frame`)}var ed=e=>e.lastMessageAt?`${Cs(e.lastMessageAt)}, ${Es(xs(e.age))} ago`:`–`,td={[Qr.CRITICAL]:0,[Qr.WARNING]:1,[Qr.INFO]:2};function nd(e){let t=e=>(e.acknowledgedAt?10:0)+(td[e.severity]??3),n=e=>Number(e.lastRaisedAt?.seconds??0n);return[...e].sort((e,r)=>t(e)-t(r)||n(r)-n(e))}var rd=e=>e?`good`:`warn`,{store:id}=Z,ad=100,od=[{title:`Feed`,cell:e=>Q(`span`,{class:`symbol`,children:e.name})},{title:`State`,cell:e=>Q($c,{word:Qu(e)})},{title:`Last message`,cell:ed},{title:`Brought`,from:900,cell:$u},{title:`Reconnects`,right:!0,cell:e=>String(e.reconnects)},{title:`Detail`,grow:!0,cell:e=>e.detail}],sd=[{title:`Part`,cell:e=>Q(`span`,{class:`symbol`,children:e.name.replaceAll(`_`,` `)})},{title:`Ready`,cell:e=>Q(`span`,{class:rd(e.ready),children:e.ready?`ready`:`not ready`})},{title:`Detail`,grow:!0,cell:e=>e.detail}];function cd(){let e=id.status.value;return Q(`div`,{class:`view`,children:Q(`div`,{class:`columns`,children:[Q(`div`,{class:`view`,children:[Q(dd,{}),Q(Cu,{most:300})]}),Q(`div`,{class:`view`,children:e&&Q(ld,{status:e})})]})})}function ld({status:e}){return Q(x,{children:[Q(Zc,{title:`Daemon`,padded:!0,children:Q(sl,{of:Xu(e,Z.caller.value)})}),Q(Zc,{title:`Feeds`,children:Q(fu,{label:`Feeds`,columns:od,list:e.feeds,id:e=>e.name})}),Q(Zc,{title:`Parts`,children:Q(fu,{label:`Parts`,columns:sd,list:e.parts,id:e=>e.name})}),Q(`p`,{class:`dim credits`,children:[`Charts:`,` `,Q(`a`,{href:`https://www.tradingview.com/`,rel:`noreferrer`,children:`TradingView Lightweight Charts™`}),`, © TradingView, Inc. Licences of all parts: `,Q(`a`,{href:`./licenses.md`,children:`licenses.md`})]})]})}var ud=V(()=>nd(id.alerts.all));function dd(){let e=H(``);la(()=>{id.renewals.value,Z.api.system.listAlerts({pageSize:ad}).then(t=>{e.value=``,id.alerts.putBehind(t.alerts.reverse().map(e=>[e.id,e]))}).catch(t=>{e.value=String(t)})});let t=ud.value.filter(e=>!e.acknowledgedAt).length;return Q(Zc,{title:`Alerts`,count:t,class:`alerts`,children:[e.value&&Q(`p`,{class:`empty bad`,children:[`Older alerts: `,e.value]}),ud.value.length?Q(`ul`,{children:ud.value.map(e=>Q(fd,{alert:e},e.id))}):Q(ol,{children:`No alert.`})]})}function fd({alert:e}){let t=e.acknowledgedAt!==void 0,n=e.count>1n?`, ${e.count} times`:``;return Q(`li`,{class:t?`alert seen`:`alert`,children:[Q(`div`,{class:`head`,children:[Q($c,{word:sc(e.severity)}),Q(`strong`,{children:e.code}),e.symbol&&Q(`span`,{class:`symbol accent`,children:e.symbol}),Q(`span`,{class:`dim`,children:[ws(e.lastRaisedAt),n]}),!t&&Z.may(P.TRADE)&&Q(pd,{alert:e})]}),Q(`p`,{children:e.text}),!t&&e.remedy&&Q(`p`,{class:`accent`,children:[`What to do: `,e.remedy]}),t&&Q(`p`,{class:`dim`,children:[`seen by `,e.acknowledgedBy||`somebody`,` at `,ws(e.acknowledgedAt),e.note&&`: ${e.note}`]})]})}function pd({alert:e}){let t=H(!1);return Q(`button`,{type:`button`,class:`button small`,disabled:t.value,onClick:async()=>{t.value=!0,await eu(`${e.code} acknowledged`,t=>Z.api.system.acknowledgeAlert({requestId:t,alertId:e.id})),t.value=!1},"aria-label":`acknowledge ${e.code}`,children:`Acknowledge`})}var md=[Yu,Wl,{id:`system`,title:`System`,icon:`system`,Screen:cd}];function hd(e,t){let n=e.risk,r=[gd(e.link,e.loaded,t)];if(n?.halted){let e=n.haltedBy?` by ${n.haltedBy}`:``;r.push({title:`HALTED`,text:`${e.trim()}${e?`: `:``}${n.haltReason}`,alarm:!0})}if(n?.breaker===wa.DISABLED||n?.breaker===wa.REDUCED){let e=n.breaker===wa.DISABLED;r.push({title:`BREAKER ${e?`DISABLED`:`REDUCED`}`,text:n.breakerReason,alarm:e})}return n?.dailyLossReached&&r.push({title:`DAILY LOSS LIMIT REACHED`,text:`everything is closed, no entries until it is reset`,alarm:!0}),r.push(_d(e.status?.feeds??[])),r.filter(e=>e!==void 0)}function gd(e,t,n){if(e.phase===`lost`)return{title:`CONNECTION LOST`,text:`${Es((n-e.sinceMs)/1e3)} ago: what you see is old. Reconnecting … (${e.why})`,alarm:!0};if(e.phase===`live`&&Is(e,n)===`stale`)return{title:`NO WORD FROM THE DAEMON`,text:`for ${Es((Fs(e,n)??0)/1e3)}: what you see is old`,alarm:!0};if(e.phase===`connecting`&&!t&&e.why)return{title:`CONNECTING`,text:`${e.why}; trying again …`,alarm:!1}}function _d(e){let t=e.filter(e=>!e.up||e.stale);if(t.length)return{title:`FEED`,text:t.map(e=>`${e.name} ${e.up?`stale`:`down`}${e.detail?`: ${e.detail}`:``}`).join(`; `),alarm:t.some(e=>e.fatal)}}var vd=V(()=>Z.store.alerts.all.filter(e=>!e.acknowledgedAt).length);function yd({chosen:e}){return Q(`nav`,{class:`nav`,"aria-label":`views`,children:md.map((t,n)=>Q(`a`,{href:Yc(t.id),"aria-current":t.id===e?`page`:void 0,title:t.title,children:[Q(Lc,{name:t.icon}),Q(`span`,{class:`name`,children:t.title}),t.id===`system`&&vd.value>0?Q(`span`,{class:`badge warn`,title:`${vd.value} alerts that nobody has acknowledged`,children:vd}):Q(`span`,{class:`key`,"aria-hidden":`true`,children:n+1})]},t.id))})}function bd(){return Q(`div`,{class:`toasts`,"aria-live":`polite`,children:Jl.value.map(e=>Q(`div`,{class:`toast ${e.tone}`,role:e.tone===`bad`?`alert`:`status`,children:[Q(`p`,{children:e.text}),Q(`button`,{type:`button`,class:`icon-button`,onClick:()=>Xl(e.id),"aria-label":`dismiss`,children:Q(Lc,{name:`close`,size:12})})]},e.id))})}var{store:xd}=Z;function Sd(){Bc(Q(iu,{of:{title:`Halt trading`,text:`Working entries are canceled, stops stay where they are, and no new risk is taken until an admin resumes. It survives a restart of the daemon.`,action:`Halt trading`,danger:!0,word:`HALT`,needsReason:!0,send:async e=>{let t=await $l(t=>Z.api.risk.halt({requestId:t,reason:e}));return t.answer&&Yl(`Trading is halted; entries being canceled: ${t.answer.cancelingOrderIds.length}.`),t}}}))}function Cd(){let e=xd.positions.all.filter(e=>!e.foreign).map(e=>`${e.symbol} ${uc(e.side).text} ${Y(e.quantity)}`).join(`, `);Bc(Q(iu,{of:{title:`Flatten`,text:Q(x,{children:[Q(`p`,{children:`Halt trading, cancel all orders and close all positions of FluxHero at the market. Outside the session this waits for the open.`}),Q(`p`,{class:`strong`,children:[`Open now: `,e||`nothing`]})]}),action:`Close everything`,danger:!0,word:`FLATTEN`,needsReason:!0,send:async e=>{let t=await $l(t=>Z.api.risk.flatten({requestId:t,reason:e}));return t.answer&&Yl(`Halted; closing: ${t.answer.closingSymbols.join(` `)||`no position is open`}.`),t}}}))}function wd(){let e=xd.risk.value;Bc(Q(iu,{of:{title:`Resume trading`,text:e?.halted?`End the halt: ${e.haltReason}`:`Trading is not halted, as far as is known here.`,action:`Resume trading`,word:`RESUME`,needsReason:!0,send:async e=>{let t=await $l(t=>Z.api.risk.resume({requestId:t,reason:e}));return t.answer&&Yl(`Trading goes on.`),t}}}))}var{store:Td}=Z;function Ed(){let e=Td.risk.value?.halted??!1;return Z.may(P.TRADE)?Q(`span`,{class:`fact`,children:[e&&Z.may(P.ADMIN)&&Q(`button`,{type:`button`,class:`button`,onClick:wd,children:`Resume`}),!e&&Q(`button`,{type:`button`,class:`button danger`,onClick:Sd,children:`Halt`}),Q(`button`,{type:`button`,class:`button danger`,onClick:Cd,children:`Flatten`})]}):null}var{store:Dd}=Z,Od=new Intl.DateTimeFormat(`en-CA`,{timeZone:ms,month:`short`,day:`2-digit`,hour:`2-digit`,minute:`2-digit`,second:`2-digit`,hourCycle:`h23`});function kd(){return Q(`header`,{class:`top ${Z.isLive.value?`live`:``}`,children:[Q(`a`,{class:`brand`,href:`#/live`,"aria-label":`FluxHero, to the first view`,children:[Q(`img`,{src:jc,alt:``,width:22,height:22}),Q(`span`,{class:`wide`,children:`FluxHero`})]}),Q(Ad,{}),Q(jd,{}),Q(`span`,{class:`spacer`}),Q(Nd,{}),Q(Fd,{}),Q(Ed,{}),Q(Id,{})]})}function Ad(){let e=Dd.status.value?.mode;if(!e)return null;let t=ic(e).text;return Q(`strong`,{class:`mode ${t.toLowerCase()}`,title:`what is traded with`,children:t})}function jd(){let e=Dd.status.value,t=Dd.risk.value;if(!e)return null;let n=gc(t?.breaker);return Q(x,{children:[Q(`span`,{class:`badge ${ac(e.state).tone}`,title:e.stateDetail,children:ac(e.state).text}),t&&n.tone!==`good`&&Q($c,{word:{text:`breaker ${n.text}`,tone:n.tone}}),Z.role.value===P.READ&&Z.caller.value&&Q($c,{word:_c(P.READ)})]})}var Md=V(()=>{let e=Math.max(Dd.asOfMs.value,bs(Dd.status.value?.clock?.time)??0);return e?Od.format(Math.floor(e/1e3)*1e3).replace(`.`,``):``});function Nd(){let e=Dd.status.value?.session?.phase;return Md.value?Q(`span`,{class:`fact wide`,children:[e!==void 0&&e!==Zr.UNSPECIFIED&&Q($c,{word:oc(e)}),Q(`span`,{title:`the exchange's time`,children:[Md,` ET`]})]}):null}var Pd={active:`good`,delayed:`warn`,offline:`bad`};function Fd(){let e=Z.link.value,t=Fs(e,Wc.value),n=Ls(e,Wc.value),r=Is(e,Wc.value),i=e.phase===`live`?r===`fresh`?n:r:e.phase,a=e.phase!==`live`||r===`stale`?`bad`:r===`late`?`warn`:Pd[n];return Q(`span`,{class:`heartbeat`,title:`when the daemon last said that what you see holds`,children:[Q(`span`,{class:`dot ${a}`}),Q(`span`,{class:a,role:`status`,children:i}),Q(`span`,{class:`age`,children:t===void 0?``:Es(t/1e3)})]})}function Id(){let e=Z.caller.value,t=ml.value===`dark`?`light`:`dark`;return Q(`span`,{class:`fact`,children:[Q(`span`,{class:`wide dim`,title:e?`role: ${_c(e.role).text}`:``,children:e?.name.replace(/^token:/,``)}),Q(`button`,{type:`button`,class:`icon-button`,onClick:hl,"aria-label":`use the ${t} theme`,title:`${t} theme`,children:Q(Lc,{name:t===`light`?`sun`:`moon`})}),Q(`button`,{type:`button`,class:`icon-button`,onClick:()=>Z.signOut(),"aria-label":`sign out`,title:`sign out`,children:Q(Lc,{name:`out`})})]})}var{store:Ld}=Z;function Rd(){let e=md.find(e=>e.id===qc.value)??md[0];return Q(`div`,{class:`shell`,children:[Q(`a`,{class:`skip`,href:`#main`,children:`to the content`}),Q(kd,{}),Q(zd,{}),Q(yd,{chosen:e.id}),Q(Bd,{view:e}),Q(bd,{}),Q(Hc,{})]})}function zd(){return Q(`div`,{class:`banners`,role:`alert`,children:hd({link:Z.link.value,loaded:Ld.loaded.value,risk:Ld.risk.value,status:Ld.status.value},Wc.value).map(e=>Q(`p`,{class:e.alarm?`banner alarm`:`banner`,children:[Q(`strong`,{children:e.title}),Q(`span`,{children:e.text})]},e.title))})}function Bd({view:e}){return Q(`main`,{class:Ld.loaded.value&&Is(Z.link.value,Wc.value)===`stale`?`main old`:`main`,id:`main`,tabIndex:-1,children:[Q(`h1`,{class:`hidden`,children:e.title}),Q(Fc,{what:e.title,children:Ld.loaded.value?Q(e.Screen,{}):Q(al,{what:`the daemon's state`})},e.id)]})}function Vd(){let e=Z.stage.value;return e===`in`?Q(Rd,{}):e===`out`?Q(Pc,{}):Q(al,{what:`the dashboard`})}function Hd(){addEventListener(`keydown`,e=>{if((e.target.closest(`input, textarea, select, dialog`)??document.querySelector(`dialog[open]`))||e.ctrlKey||e.metaKey||e.altKey)return;let t=md[Number(e.key)-1];t&&Xc(t.id)})}Hd(),Z.begin(),he(Q(Vd,{}),document.getElementById(`app`));export{ms as i,bl as n,gl as r,Dl as t};