var e,t,n,r,i,a,o,s,c,l,u,d=Symbol.for(`pv`),f={},p=[],m=/^m(i|n|o|s|text|space)$/,h=Array.isArray,ee=p.slice,g=Object.assign;function _(e){e&&e.parentNode&&e.remove()}function v(e,t,n){var r,i,a,o={},s=arguments.length;for(a in t)a==`key`?r=t[a]:a==`ref`&&typeof e!=`function`?i=t[a]:o[a]=t[a];return s>2&&(o.children=s>3?ee.call(arguments,2):n),y(e,o,r,i,null)}function y(n,r,i,a,o){var s={type:n,props:r,key:i,ref:a,__k:null,__:null,__b:0,__e:null,__c:null,constructor:d,__v:o||++t,__i:-1,__u:0};return!o&&e.vnode&&e.vnode(s),s}function b(e){return e.children}function x(e,t){this.props=e,this.context=t,this.__g=0}function te(e,t){if(t==null)return e.__&&te(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!=`function`||e.props.__P?null:te(e)}function ne(t){var n,r=t.__v,i=r.__e,a=[],o=[],s=t.__P;s&&((n=g({constructor:d},r)).__v=r.__v+1,e.vnode&&e.vnode(n),de(s,n,r,t.__n,s.namespaceURI,32&r.__u?[i]:null,a,i||te(r),32&r.__u,o),n.__v=r.__v,n.__.__k[n.__i]=n,me(a,n,o),r.__=r.__e=null,n.__e!=i&&re(n))}function re(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),re(e)}function S(t){(8&t.__g||(t.__g|=8,r.push(t),a++))&&i==e.debounceRendering||((i=e.debounceRendering)||queueMicrotask)(C)}function C(){try{for(var e,t=1;r.length;)r.length>t&&r.sort(o),e=r.shift(),t=r.length,8&e.__g&&ne(e)}finally{(a=r.length)&&(i||queueMicrotask)(C)}}function ie(e,t,n,r,i,a,o,s,c,l,u){var d,m,h,ee,g,_,v=r.__k||p,y=t.length;for(c=ae(n,t,v,c,y),d=0;d<y;d++)(h=n.__k[d])!=null&&(m=~h.__i&&v[h.__i]||f,h.__i=d,_=de(e,h,m,i,a,o,s,c,l,u),ee=h.__e,(m.ref!=h.ref||8&m.__u)&&(m.ref&&ge(m.ref,null,h,m),h.ref&&u.push(h.ref,h.__c||ee,h)),g||=ee,4&h.__u?(c=oe(h,c,e,!m.__v),m.__e&&(m.__e=null)):typeof h.type==`function`&&_!==void 0?c=_:ee&&(c=ee.nextSibling),h.__u&=-21);return n.__e=g,c}function ae(e,t,n,r,i){var a,o,s,c,l,u,f,p,m,ee=n.length,g=ee,_=0,v=0,x=e.__k=Array(i);for(a=0;a<i;a++)(o=t[a])!=null&&typeof o!=`boolean`&&typeof o!=`function`?(typeof o!=`object`||o.constructor===String?o=x[a]=y(null,o):h(o)?o=x[a]=y(b,{children:o}):o.constructor===d&&o.__b?o=x[a]=y(o.type,o.props,o.key,o.ref,o.__v):x[a]=o,c=a+_,o.__=e,o.__b=e.__b+1,s=null,~(l=o.__i=se(o,n,c,g))&&(g--,(s=n[l])&&(s.__u|=2)),s&&s.__v?(o.__u|=16,l==c-1?_--:l==c+1?_++:l!=c&&(l>c?_--:_++,v=1)):(~l||(i>ee?_--:i<ee&&_++),typeof o.type!=`function`&&(o.__u|=4))):x[a]=null;if(v){for(u=[],f=[],a=0;a<i;a++)if((o=x[a])&&16&o.__u){for(_=0,p=u.length;_<p;)u[m=_+p>>1]<o.__i?_=m+1:p=m;u[_]=o.__i,f[a]=_+1}for(_=u.length;a--;)f[a]&&(f[a]==_?_--:x[a].__u|=4)}if(g)for(a=0;a<ee;a++)!(s=n[a])||2&s.__u||(s.__e==r&&(r=te(s)),_e(s,s));return r}function oe(e,t,n,r){var i,a,o,s;if(typeof e.type==`function`){if(e.props.__P)return t;if(i=e.__k)for(a=0;a<i.length;a++)i[a]&&(i[a].__=e,t=oe(i[a],t,n,!1));return t}for(t&&!t.parentNode&&(t=te(e))&&!t.parentNode&&(t=null),o=e.__e,s=t;s&&s.nodeType==8;)s=s.nextSibling;for(o!=s&&(!r&&n.moveBefore&&o.parentNode?n.moveBefore(o,t):n.insertBefore(o,t||null)),t=o;(t&&=t.nextSibling)&&t.nodeType==8&&!t.data.startsWith(`$s`););return t}function se(e,t,n,r){var i,a=e.key,o=e.type,s=t[n],c=s&&!(2&s.__u);if(s===null&&a==null||c&&a==s.key&&o==s.type)return n;if(r>+!!c){for(i=n-1;i>=0;i--)if((s=t[i])&&!(2&s.__u)&&a==s.key&&o==s.type)return i;for(i=n+1;i<t.length;i++)if((s=t[i])&&!(2&s.__u)&&a==s.key&&o==s.type)return i}return-1}function ce(e,t,n){n??=``,t[0]==`-`?e.setProperty(t,n):e[t]=n}function le(e,t,n,r,i){var a,o;if(t==`style`){if(typeof n==`string`)e.style.cssText=n;else{if(typeof r==`string`&&(e.style.cssText=r=``),r)for(t in r)n&&t in n||ce(e.style,t);if(n)for(t in n)r&&n[t]==r[t]||ce(e.style,t,n[t])}}else if(t[0]==`o`&&t[1]==`n`)typeof n!=`function`&&(n=null),typeof r!=`function`&&(r=null),(e.__e||={})[t]=n,n&&r||(o=u[t]||(u[t]=ue(t)),(e.__a||={})[t]=l,a=t!=(t=t.replace(c,`$1`)),(t=t.slice(2))[0]<`a`&&(t=t.toLowerCase()),n?e.addEventListener(t,o,a):e.removeEventListener(t,o,a));else{if(i==`http://www.w3.org/2000/svg`)t=t.replace(/xlink(H|:h)/,`h`).replace(/sName$/,`s`);else if(t!=`width`&&t!=`height`&&t!=`href`&&t!=`list`&&t!=`form`&&t!=`tabIndex`&&t!=`download`&&t!=`rowSpan`&&t!=`colSpan`&&t!=`role`&&t!=`popover`&&t in e)try{e[t]=n??``;return}catch{}if(typeof n==`function`)return;n==null||!1===n&&t[4]!=`-`?e.removeAttribute(t):e.setAttribute(t,t==`popover`&&n==1?``:n)}}function ue(t){return function(n){var r=this.__e;if(r){if(r=r[t],n[s]==null)n[s]=l++;else if(n[s]<this.__a[t])return;return r(e.event?e.event(n):n)}}}function de(t,n,r,i,a,o,s,c,l,u){var f,m,ee,v,y,ne,re,S,C,ae,oe,se,ce,le,ue,de,me,ge,ye=n.type;if(n.constructor!==d)return null;128&r.__u&&(l=32&r.__u,f=r.__c.__z)&&(n.__u|=l,m=o=[],f.nodeType==8?c=fe(f,o):o.push(f),c=o[0]||c),(f=e.__b)&&f(n);n:if(typeof ye==`function`){ee=s.length;try{if(S=n.props,C=(f=ye.prototype)&&f.render,ae=(f=ye.contextType)&&i[f.__c],oe=f?ae?ae.props.value:f.__:i,(v=r.__c)?(n.__c=v,2&v.__g&&(v.__g|=1)):(C?n.__c=v=new ye(S,oe):(n.__c=v=new x(S,oe),v.constructor=ye,v.render=ve),ae&&ae.sub(v),v.state||(v.state={}),v.__n=i,v.__g|=8,v.__h=[],v.__k=[]),C&&(v.__s||(v.__s=v.state),ye.getDerivedStateFromProps&&(v.__s==v.state&&(v.__s=g({},v.__s)),g(v.__s,ye.getDerivedStateFromProps(S,v.__s)))),y=v.props,ne=v.state,v.__v=n,r.__c){if(S!==y&&C&&!ye.getDerivedStateFromProps&&v.componentWillReceiveProps&&v.componentWillReceiveProps(S,oe),n.__v==r.__v&&!(8&v.__g)||!(4&v.__g)&&v.shouldComponentUpdate&&!1===v.shouldComponentUpdate(S,v.__s,oe)){n.__v!=r.__v&&(v.props=S,v.state=v.__s,v.__g&=-9),n.__e=r.__e,n.__k=r.__k,n.__k.some(function(e){e&&(e.__=n)}),p.push.apply(v.__h,v.__k),v.__k=[],v.__h.length&&s.push(v),c=te(r);break n}v.componentWillUpdate&&v.componentWillUpdate(S,v.__s,oe),C&&v.componentDidUpdate&&v.__h.push(function(){v.componentDidUpdate(y,ne,re)})}else C&&!ye.getDerivedStateFromProps&&v.componentWillMount&&v.componentWillMount(),C&&v.componentDidMount&&v.__h.push(v.componentDidMount);v.context=oe,v.props=S,v.__P=t,v.__g&=-5,se=e.__r,ce=C?25:0;do v.__g&=-9,se&&se(n),f=v.render(v.props,v.state=v.__s,v.context);while(8&v.__g&&++ce<25);C&&(p.push.apply(v.__h,v.__k),v.__k=[]),v.state=v.__s,v.getChildContext&&(i=g({},i,v.getChildContext())),C&&r.__c&&v.getSnapshotBeforeUpdate&&(re=v.getSnapshotBeforeUpdate(y,ne)),le=f&&f.type===b&&f.key==null?f.props.children:f,S.__P&&(f=c,a=(t=S.__P).namespaceURI,l=o=null,r.props&&r.props.__P!=t&&(r.__k.some(function(e){e&&_e(e,e)}),r.__k=null),c=r.__k?te(r,0):null),c=ie(t,h(le)?le:[le],n,r,i,a,o,s,c,l,u),S.__P&&(n.__e=null,c=f),n.__u&=-161,m&&m.some(_),v.__h.length&&s.push(v),1&v.__g&&(v.__g&=-4)}catch(t){if(s.length=ee,n.__v=null,l||o){if(t&&t.then){if(n.__u|=128|l,o){for(~(me=o.indexOf(c||void 0))||(me=o.length);(ge=o[me-1])&&ge.nodeType==8;)me--;for(;me<o.length;me++)if(ge=o[me]){if(o[me]=null,ue){if(ge==de)break}else{if(ge.nodeType!=8)break;ge.data.startsWith(`$s`)&&(de=fe(ue=ge))}}}if(!ue){for(;c&&c.nodeType==8&&c.nextSibling;)c=c.nextSibling;ue=c}(f=fe(ue=n.__c.__z||(n.__c.__z=ue)))?(n.__e=ue,c=f):n.__e=c,c&&=c.nextSibling}else o&&o.some(_)}else n.__e=r.__e;n.__k||=r.__k||[],t&&t.then||pe(n),e.__e(t,n,r)}}else c=n.__e=he(r.__e,n,r,i,a,o,s,l,u,t);return(f=e.diffed)&&f(n),c}function fe(e,t){if(e&&e.nodeType==8&&e.data.startsWith(`$s`))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith(`$s`))n++;else if(e.data.startsWith(`/$s`)&&!--n)return e}t&&t.push(e)}}function pe(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(pe))}function me(t,n,r){for(var i=0;i<r.length;)ge(r[i++],r[i++],r[i++]);e.__c&&e.__c(n,t),t.some(function(n){try{t=n.__h,n.__h=[],t.some(function(e){e.call(n)})}catch(t){e.__e(t,n.__v)}})}function he(t,n,r,i,a,o,s,c,l,u){var d,p,g,v,y,b,x,ne,re=r.props||f,S=n.props,C=n.type;if(C==`svg`?a=`http://www.w3.org/2000/svg`:C==`math`?a=`http://www.w3.org/1998/Math/MathML`:a||=`http://www.w3.org/1999/xhtml`,o){for(d=0;d<o.length;d++)if((y=o[d])&&(C?y.localName==C:y.nodeType==3)){t=y,o[d]=null;break}}if(!t){if(ne=u.ownerDocument||document,!C)return ne.createTextNode(S);t=ne.createElementNS(a,C,S.is?S:u),c&&=(e.__m&&e.__m(n,o),!1),o=null}if(C){if(u=C==`template`&&t.content||t,o=C==`textarea`&&S.defaultValue!=null?null:o&&ee.call(u.childNodes),!c&&o)for(re={},d=0;d<t.attributes.length;d++)re[(y=t.attributes[d]).name]=y.value;for(d in re)y=re[d],d==`dangerouslySetInnerHTML`?g=y:d==`children`||d in S||d==`value`&&`defaultValue`in S||d==`checked`&&`defaultChecked`in S||le(t,d,null,y,a);for(d in S)y=S[d],d==`children`?v=y:d==`dangerouslySetInnerHTML`?p=y:d==`value`?b=y:d==`checked`?x=y:c&&typeof y!=`function`||re[d]===y||le(t,d,y,re[d],a);p?(c||g&&(p.__html==g.__html||p.__html==t.innerHTML)||(t.innerHTML=p.__html),n.__k=[]):(g&&(t.textContent=``),(C==`foreignObject`||a==`http://www.w3.org/1998/Math/MathML`&&m.test(C))&&(a=`http://www.w3.org/1999/xhtml`),ie(u,h(v)?v:[v],n,r,i,a,o,s,o?o[0]:r.__k&&te(r,0),c,l),o&&o.some(_)),c&&C!=`textarea`||(d=`value`,C==`progress`&&b==null?t.removeAttribute(d):b==null||b===t[d]&&(C!=`progress`||b)||le(t,d,b,re[d],a),d=`checked`,x!=null&&x!=t[d]&&le(t,d,x,re[d],a))}else re===S||c&&t.data==S||(t.data=S);return t}function ge(t,n,r,i){try{typeof t==`function`?n?n.__x=t(n)||1:(i&&=i.__c||i.__e)&&(n=i.__x)&&(i.__x=null,typeof n==`function`?n():t(null)):t.current=n}catch(t){e.__e(t,r)}}function _e(t,n,r){var i,a,o,s;if(e.unmount&&e.unmount(t),!(i=t.ref)||i.current&&i.current!=t.__e||ge(i,null,n,t),i=t.__c){if(i.componentWillUnmount)try{i.componentWillUnmount()}catch(t){e.__e(t,n)}i.__P=i.__n=null}if(i=t.__k)for(s=0;s<i.length;s++)i[s]&&_e(i[s],n,typeof t.type!=`function`||r&&!t.props.__P);!r&&(i=t.__c)&&(i=i.__z)&&(a=fe(i,o=[]))&&(i==t.__e&&o.some(_),_(a),_(i)),r||_(t.__e),t.__e=t.__c=t.__=null}function ve(e,t,n){return this.constructor(e,n)}function ye(t,n){var r,i,a,o;e.__&&e.__(t,n),n.nodeType==9&&(n=n.documentElement),i=(r=t&&32&t.__u)?null:n.__k,n.__k=y(b,{children:[t]}),a=[],o=[],de(n,n.__k,i||f,f,n.namespaceURI,i?null:n.firstChild?ee.call(n.childNodes):null,a,i?i.__e:n.firstChild,r,o),me(a,n.__k,o),n.__k.props.children=null}e={__e:function(e,t,n,r){for(var i,o,s;t=t.__;)if((i=t.__c)&&!(1&i.__g)){i.__g|=4;try{if((s=(o=i.constructor)&&o.getDerivedStateFromError)&&i.setState(o.getDerivedStateFromError(e)),i.componentDidCatch&&(i.componentDidCatch(e,r||{}),s=1),s&&8&i.__g)return void(i.__g|=2)}catch(t){e=t}}throw a=0,e}},t=0,n=function(e){return e!=null&&e.constructor===d},x.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=g({},this.state)),typeof e==`function`&&(e=e(g({},n),this.props)),e&&(g(n,e),this.__v&&(t&&this.__k.push(t),S(this)))},x.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),S(this))},x.prototype.render=b,r=[],a=0,o=function(e,t){return e.__v.__b-t.__v.__b},s=Symbol(),c=/(PointerCapture)$|Capture$/i,l=0,u={};function be(e){let t=!1,n=[];for(let r=0;r<e.length;r++){let i=e.charAt(r);switch(i){case`_`:t=!0;break;case`0`:case`1`:case`2`:case`3`:case`4`:case`5`:case`6`:case`7`:case`8`:case`9`:n.push(i),t=!1;break;default:t&&(t=!1,i=i.toUpperCase()),n.push(i)}}return n.join(``)}var xe=new Set([`constructor`,`toString`,`toJSON`,`valueOf`]);function Se(e){return xe.has(e)?e+`$`:e}function Ce(){let e=this.buf,t=this.pos,n=0,r=0;for(let i=0;i<28;i+=7){let a=e[t++];if(n|=(a&127)<<i,!(a&128)){this.pos=t,this.assertBounds(),this.varint64Lo=n,this.varint64Hi=r;return}}let i=e[t++];if(n|=(i&15)<<28,r=(i&112)>>4,!(i&128))this.pos=t,this.assertBounds(),this.varint64Lo=n,this.varint64Hi=r;else{for(let i=3;i<=31;i+=7){let a=e[t++];if(r|=(a&127)<<i,!(a&128)){this.pos=t,this.assertBounds(),this.varint64Lo=n,this.varint64Hi=r;return}}throw Error(`invalid varint`)}}var we=4294967296;function Te(e){let t=e[0]===`-`;t&&(e=e.slice(1));let n=1e6,r=0,i=0;function a(t,a){let o=Number(e.slice(t,a));i*=n,r=r*n+o,r>=we&&(i+=r/we|0,r%=we)}return a(-24,-18),a(-18,-12),a(-12,-6),a(-6),t?Ae(r,i):ke(r,i)}function Ee(e,t){let n=ke(e,t),r=n.hi&2147483648;r&&(n=Ae(n.lo,n.hi));let i=De(n.lo,n.hi);return r?`-`+i:i}function De(e,t){if({lo:e,hi:t}=Oe(e,t),t<=2097151)return String(we*t+e);let n=e&16777215,r=(e>>>24|t<<8)&16777215,i=t>>16&65535,a=n+r*6777216+i*6710656,o=r+i*8147497,s=i*2,c=1e7;return a>=c&&(o+=Math.floor(a/c),a%=c),o>=c&&(s+=Math.floor(o/c),o%=c),s.toString()+je(o)+je(a)}function Oe(e,t){return{lo:e>>>0,hi:t>>>0}}function ke(e,t){return{lo:e|0,hi:t|0}}function Ae(e,t){return t=~t,e?e=~e+1:t+=1,ke(e,t)}var je=e=>{let t=String(e);return`0000000`.slice(t.length)+t};function Me(e,t){if(e>>>0<128)t.push(e);else if(e>=0){for(;e>127;)t.push(e&127|128),e>>>=7;t.push(e)}else{for(let n=0;n<9;n++)t.push(e&127|128),e>>=7;t.push(1)}}function Ne(){let e=this.buf[this.pos++];if(!(e&128))return this.assertBounds(),e;let t=e&127;if(e=this.buf[this.pos++],t|=(e&127)<<7,!(e&128)||(e=this.buf[this.pos++],t|=(e&127)<<14,!(e&128))||(e=this.buf[this.pos++],t|=(e&127)<<21,!(e&128)))return this.assertBounds(),t;e=this.buf[this.pos++],t|=(e&15)<<28;for(let t=5;e&128&&t<10;t++)e=this.buf[this.pos++];if(e&128)throw Error(`invalid varint`);return this.assertBounds(),t>>>0}var w=Pe();function Pe(){let e=new DataView(new ArrayBuffer(8));if(typeof BigInt==`function`&&typeof e.getBigInt64==`function`&&typeof e.getBigUint64==`function`&&typeof e.setBigInt64==`function`&&typeof e.setBigUint64==`function`&&(globalThis.Deno||globalThis.Bun||typeof process!=`object`||{}.BUF_BIGINT_DISABLE!==`1`)){let t=BigInt(`-9223372036854775808`),n=BigInt(`9223372036854775807`),r=BigInt(`0`),i=BigInt(`18446744073709551615`);return{zero:BigInt(0),supported:!0,parse(e){let r=typeof e==`bigint`?e:BigInt(e);if(r>n||r<t)throw Error(`invalid int64: ${e}`);return r},uParse(e){let t=typeof e==`bigint`?e:BigInt(e);if(t>i||t<r)throw Error(`invalid uint64: ${e}`);return t},enc(t){return e.setBigInt64(0,this.parse(t),!0),{lo:e.getInt32(0,!0),hi:e.getInt32(4,!0)}},uEnc(t){return e.setBigInt64(0,this.uParse(t),!0),{lo:e.getInt32(0,!0),hi:e.getInt32(4,!0)}},dec(t,n){return e.setInt32(0,t,!0),e.setInt32(4,n,!0),e.getBigInt64(0,!0)},uDec(t,n){return e.setInt32(0,t,!0),e.setInt32(4,n,!0),e.getBigUint64(0,!0)}}}return{zero:`0`,supported:!1,parse(e){return typeof e!=`string`&&(e=e.toString()),Fe(e),e},uParse(e){return typeof e!=`string`&&(e=e.toString()),Ie(e),e},enc(e){return typeof e!=`string`&&(e=e.toString()),Fe(e),Te(e)},uEnc(e){return typeof e!=`string`&&(e=e.toString()),Ie(e),Te(e)},dec(e,t){return Ee(e,t)},uDec(e,t){return De(e,t)}}}function Fe(e){if(!/^-?[0-9]+$/.test(e))throw Error(`invalid int64: `+e)}function Ie(e){if(!/^[0-9]+$/.test(e))throw Error(`invalid uint64: `+e)}var T;(function(e){e[e.DOUBLE=1]=`DOUBLE`,e[e.FLOAT=2]=`FLOAT`,e[e.INT64=3]=`INT64`,e[e.UINT64=4]=`UINT64`,e[e.INT32=5]=`INT32`,e[e.FIXED64=6]=`FIXED64`,e[e.FIXED32=7]=`FIXED32`,e[e.BOOL=8]=`BOOL`,e[e.STRING=9]=`STRING`,e[e.BYTES=12]=`BYTES`,e[e.UINT32=13]=`UINT32`,e[e.SFIXED32=15]=`SFIXED32`,e[e.SFIXED64=16]=`SFIXED64`,e[e.SINT32=17]=`SINT32`,e[e.SINT64=18]=`SINT64`})(T||={});function Le(e,t){switch(e){case T.STRING:return``;case T.BOOL:return!1;case T.DOUBLE:case T.FLOAT:return 0;case T.INT64:case T.UINT64:case T.SFIXED64:case T.FIXED64:case T.SINT64:return t?`0`:w.zero;case T.BYTES:return new Uint8Array;default:return 0}}function Re(e,t){return Object.prototype.hasOwnProperty.call(e,t)&&e[t]!==void 0}function ze(e,t,n){t===`__proto__`?Object.defineProperty(e,"__proto__",{value:n,writable:!0,enumerable:!0,configurable:!0}):e[t]=n}function Be(e){for(let t of e.field)Re(t,`jsonName`)||(t.jsonName=be(t.name));e.nestedType.forEach(Be)}function Ve(e,t){let n=e.values.find(e=>e.name===t);if(!n)throw Error(`cannot parse ${e} default value: ${t}`);return n.number}function He(e,t){switch(e){case T.STRING:return t;case T.BYTES:{let n=Ue(t);if(n===!1)throw Error(`cannot parse ${T[e]} default value: ${t}`);return n}case T.INT64:case T.SFIXED64:case T.SINT64:return w.parse(t);case T.UINT64:case T.FIXED64:return w.uParse(t);case T.DOUBLE:case T.FLOAT:switch(t){case`inf`:return 1/0;case`-inf`:return-1/0;case`nan`:return NaN;default:return parseFloat(t)}case T.BOOL:return t===`true`;case T.INT32:case T.UINT32:case T.SINT32:case T.FIXED32:case T.SFIXED32:return parseInt(t,10)}}function Ue(e){let t=[],n={tail:e,c:``,next(){return this.tail.length!=0&&(this.c=this.tail[0],this.tail=this.tail.substring(1),!0)},take(e){if(this.tail.length>=e){let t=this.tail.substring(0,e);return this.tail=this.tail.substring(e),t}return!1}};for(;n.next();)switch(n.c){case`\\`:if(n.next())switch(n.c){case`\\`:t.push(n.c.charCodeAt(0));break;case`b`:t.push(8);break;case`f`:t.push(12);break;case`n`:t.push(10);break;case`r`:t.push(13);break;case`t`:t.push(9);break;case`v`:t.push(11);break;case`0`:case`1`:case`2`:case`3`:case`4`:case`5`:case`6`:case`7`:{let e=n.c,r=n.take(2);if(r===!1)return!1;let i=parseInt(e+r,8);if(Number.isNaN(i))return!1;t.push(i);break}case`x`:{let e=n.c,r=n.take(2);if(r===!1)return!1;let i=parseInt(e+r,16);if(Number.isNaN(i))return!1;t.push(i);break}case`u`:{let e=n.c,r=n.take(4);if(r===!1)return!1;let i=parseInt(e+r,16);if(Number.isNaN(i))return!1;let a=new Uint8Array(4);new DataView(a.buffer).setInt32(0,i,!0),t.push(a[0],a[1],a[2],a[3]);break}case`U`:{let e=n.c,r=n.take(8);if(r===!1)return!1;let i=w.uEnc(e+r),a=new Uint8Array(8),o=new DataView(a.buffer);o.setInt32(0,i.lo,!0),o.setInt32(4,i.hi,!0),t.push(a[0],a[1],a[2],a[3],a[4],a[5],a[6],a[7]);break}}break;default:t.push(n.c.charCodeAt(0))}return new Uint8Array(t)}function*We(e){switch(e.kind){case`file`:for(let t of e.messages)yield t,yield*We(t);yield*e.enums,yield*e.services,yield*e.extensions;break;case`message`:for(let t of e.nestedMessages)yield t,yield*We(t);yield*e.nestedEnums,yield*e.nestedExtensions}}var Ge;function Ke(e){Ge=Object.assign(Object.assign({},e),{encodeUtf8Into:e.encodeUtf8Into??Je(e.encodeUtf8.bind(e))})}function qe(){if(!Ge){let e=globalThis;if(!e.TextEncoder||!e.TextDecoder)throw Error(`encoding API missing: install TextEncoder and TextDecoder on globalThis`);let t=new e.TextEncoder,n=new e.TextDecoder(`utf-8`,{ignoreBOM:!0}),r,i={encodeUtf8(e){return t.encode(e)},decodeUtf8(t,i){return i?(r||=new e.TextDecoder(`utf-8`,{fatal:!0,ignoreBOM:!0}),r.decode(t)):n.decode(t)},checkUtf8(e){try{return!0}catch{return!1}}};t.encodeInto&&(i.encodeUtf8Into=t.encodeInto.bind(t));let a=String.prototype.isWellFormed;a&&(i.checkUtf8=e=>a.call(e)),Ke(i)}return Ge}function Je(e){return(t,n)=>{let r=e(t);return n.set(r),{written:r.byteLength}}}var E;(function(e){e[e.Varint=0]=`Varint`,e[e.Bit64=1]=`Bit64`,e[e.LengthDelimited=2]=`LengthDelimited`,e[e.StartGroup=3]=`StartGroup`,e[e.EndGroup=4]=`EndGroup`,e[e.Bit32=5]=`Bit32`})(E||={});var Ye=class{constructor(e){this.stackPos=[],this.encodeUtf8Into=e?Je(e):qe().encodeUtf8Into,this.buffer=Qe,this.viewCache=$e,this.pos=0}ensureCapacity(e){let t=this.pos+e;if(t>this.buffer.length){let e=this.buffer.length||Xe;for(;e<t;)e*=2;let n=new Uint8Array(e);this.pos>0&&n.set(this.buffer),this.buffer=n}}view(){let e=this.buffer,t=this.viewCache;if(t.byteLength===e.byteLength)return t;let n=new DataView(e.buffer);return this.viewCache=n,n}finish(){let e=this.buffer.slice(0,this.pos);return this.pos=0,this.stackPos=[],e}fork(){return this.stackPos.push(this.pos),this.ensureCapacity(Ze),this.buffer[this.pos++]=0,this}join(){let e=this.stackPos.pop();if(e===void 0)throw Error(`invalid state, fork stack empty`);let t=this.pos-e-Ze,n=tt(t);return n>Ze&&(this.ensureCapacity(n-Ze),this.buffer.copyWithin(e+n,e+Ze,this.pos)),this.pos=e,this.uint32(t),this.pos+=t,this}tag(e,t){return this.uint32((e<<3|t)>>>0)}raw(e){return this.ensureCapacity(e.length),this.buffer.set(e,this.pos),this.pos+=e.length,this}uint32(e){if(it(e),this.ensureCapacity(5),e<128)return this.buffer[this.pos++]=e,this;for(;e>127;)this.buffer[this.pos++]=e&127|128,e>>>=7;return this.buffer[this.pos++]=e,this}int32(e){if(rt(e),e>=0)return this.uint32(e);this.ensureCapacity(10);for(let t=0;t<9;t++)this.buffer[this.pos++]=e&127|128,e>>=7;return this.buffer[this.pos++]=1,this}bool(e){return this.ensureCapacity(1),this.buffer[this.pos++]=+!!e,this}bytes(e){return this.uint32(e.byteLength),this.raw(e)}string(e){typeof e!=`string`&&(e=String(e));let t=e.length;if(t<=et){this.ensureCapacity(t+1);let n=this.buffer,r=this.pos;n[r++]=t;let i=0;for(;i<t;i++){let t=e.charCodeAt(i);if(t>127)break;n[r++]=t}if(i==t)return this.pos=r,this}this.ensureCapacity(t*3+5);let n=tt(t),r=this.buffer,i=this.pos,{written:a}=this.encodeUtf8Into(e,r.subarray(i+n)),o=tt(a);return o!=n&&r.copyWithin(i+o,i+n,i+n+a),this.uint32(a),this.pos+=a,this}float(e){return at(e),this.ensureCapacity(4),this.view().setFloat32(this.pos,e,!0),this.pos+=4,this}double(e){return this.ensureCapacity(8),this.view().setFloat64(this.pos,e,!0),this.pos+=8,this}fixed32(e){return it(e),this.ensureCapacity(4),this.view().setUint32(this.pos,e,!0),this.pos+=4,this}sfixed32(e){return rt(e),this.ensureCapacity(4),this.view().setInt32(this.pos,e,!0),this.pos+=4,this}sint32(e){return rt(e),this.uint32((e<<1^e>>31)>>>0)}sfixed64(e){let t=w.enc(e);this.ensureCapacity(8);let n=this.view();return n.setInt32(this.pos,t.lo,!0),n.setInt32(this.pos+4,t.hi,!0),this.pos+=8,this}fixed64(e){let t=w.uEnc(e);this.ensureCapacity(8);let n=this.view();return n.setInt32(this.pos,t.lo,!0),n.setInt32(this.pos+4,t.hi,!0),this.pos+=8,this}int64(e){let t=w.enc(e);return this.writeVarint64(t.lo,t.hi)}sint64(e){let t=w.enc(e),n=t.hi>>31,r=t.lo<<1^n,i=(t.hi<<1|t.lo>>>31)^n;return this.writeVarint64(r,i)}uint64(e){let t=w.uEnc(e);return this.writeVarint64(t.lo,t.hi)}writeVarint64(e,t){this.ensureCapacity(10);let n=this.buffer,r=this.pos;for(let i=0;i<28;i+=7){let a=e>>>i,o=!(!(a>>>7)&&t==0);if(n[r++]=(o?a|128:a)&255,!o)return this.pos=r,this}let i=e>>>28&15|(t&7)<<4,a=!!(t>>3);if(n[r++]=(a?i|128:i)&255,!a)return this.pos=r,this;for(let e=3;e<31;e+=7){let i=t>>>e,a=!!(i>>>7);if(n[r++]=(a?i|128:i)&255,!a)return this.pos=r,this}return n[r++]=t>>>31&1,this.pos=r,this}},Xe=128,Ze=1,Qe=new Uint8Array,$e=new DataView(Qe.buffer),et=32;function tt(e){return e<128?1:e<16384?2:e<2097152?3:e<268435456?4:5}var nt=class{constructor(e,t=qe().decodeUtf8){this.decodeUtf8=t,this.varint64Lo=0,this.varint64Hi=0,this.varint64=Ce,this.uint32=Ne,this.buf=e,this.len=e.length,this.pos=0,this.view=new DataView(e.buffer,e.byteOffset,e.byteLength)}tag(){let e=this.pos,t=this.uint32(),n=this.pos-e;if(n>5||n==5&&this.buf[this.pos-1]>15)throw Error(`illegal tag: varint overflows uint32`);let r=t>>>3,i=t&7;if(r<=0||i>5)throw Error(`illegal tag: field no `+r+` wire type `+i);return[r,i]}skip(e,t,n=100){let r=this.pos;switch(e){case E.Varint:for(;this.buf[this.pos++]&128;);break;case E.Bit64:this.pos+=4;case E.Bit32:this.pos+=4;break;case E.LengthDelimited:let r=this.uint32();this.pos+=r;break;case E.StartGroup:if(n<=0)throw Error(`maximum recursion depth reached`);for(;;){let[e,r]=this.tag();if(r===E.EndGroup){if(t!==void 0&&e!==t)throw Error(`invalid end group tag`);break}this.skip(r,e,n-1)}break;default:throw Error(`cant skip wire type `+e)}return this.assertBounds(),this.buf.subarray(r,this.pos)}assertBounds(){if(this.pos>this.len)throw RangeError(`premature EOF`)}int32(){return this.uint32()|0}sint32(){let e=this.uint32();return e>>>1^-(e&1)}int64(){return this.varint64(),w.dec(this.varint64Lo,this.varint64Hi)}uint64(){return this.varint64(),w.uDec(this.varint64Lo,this.varint64Hi)}sint64(){this.varint64();let e=this.varint64Lo,t=this.varint64Hi,n=-(e&1);return e=(e>>>1|(t&1)<<31)^n,t=t>>>1^n,w.dec(e,t)}bool(){let e=this.buf[this.pos];return e<128?(this.pos++,e!==0):(this.varint64(),this.varint64Lo!==0||this.varint64Hi!==0)}fixed32(){return this.view.getUint32((this.pos+=4)-4,!0)}sfixed32(){return this.view.getInt32((this.pos+=4)-4,!0)}fixed64(){return w.uDec(this.sfixed32(),this.sfixed32())}sfixed64(){return w.dec(this.sfixed32(),this.sfixed32())}float(){return this.view.getFloat32((this.pos+=4)-4,!0)}double(){return this.view.getFloat64((this.pos+=8)-8,!0)}bytes(){let e=this.uint32(),t=this.pos;return this.pos+=e,this.assertBounds(),this.buf.subarray(t,t+e)}string(e){let t=this.uint32(),n=this.pos;this.pos+=t,this.assertBounds();let r=this.buf;if(t<=et){let i=Array(t);for(let a=0;a<t;a++){let t=r[n+a];if(t>127)return this.decodeUtf8(r.subarray(n,this.pos),e);i[a]=t}return String.fromCharCode.apply(String,i)}return this.decodeUtf8(r.subarray(n,this.pos),e)}};function rt(e){if(typeof e==`string`)e=Number(e);else if(typeof e!=`number`)throw Error(`invalid int32: `+typeof e);if(!Number.isInteger(e)||e>2147483647||e<-2147483648)throw Error(`invalid int32: `+e)}function it(e){if(typeof e==`string`)e=Number(e);else if(typeof e!=`number`)throw Error(`invalid uint32: `+typeof e);if(!Number.isInteger(e)||e>4294967295||e<0)throw Error(`invalid uint32: `+e)}function at(e){if(typeof e==`string`){let t=e;if(e=Number(e),Number.isNaN(e)&&t!==`NaN`)throw Error(`invalid float32: `+t)}else if(typeof e!=`number`)throw Error(`invalid float32: `+typeof e);if(!Number.isFinite(Math.fround(e))&&Number.isFinite(e))throw Error(`invalid float32: `+e)}function ot(e,t){return st([e,t])}function st(e,t){let n=ct();if(!e.length)return n;if(`$typeName`in e[0]&&e[0].$typeName==`google.protobuf.FileDescriptorSet`){for(let r of e[0].file)t?.(r),At(r,n);return n}if(`$typeName`in e[0]){let r=e[0],i=e[1],a=new Set;function o(e){let t=[];for(let r of e.dependency){if(n.getFile(r)!=null||a.has(r))continue;let o=i(r);if(!o)throw Error(`Unable to resolve ${r}, imported by ${e.name}`);`kind`in o?n.addFile(o,!1,!0):(a.add(o.name),t.push(o))}return t.concat(...t.map(o))}for(let e of[r,...o(r)].reverse())t?.(e),At(e,n)}else for(let t of e)for(let e of t.files)n.addFile(e);return n}function ct(){let e=new Map,t=new Map,n=new Map;return{kind:`registry`,types:e,extendees:t,[Symbol.iterator](){return e.values()},get files(){return n.values()},addFile(e,t,r){if(n.set(e.proto.name,e),!t)for(let t of We(e))this.add(t);if(r)for(let n of e.dependencies)this.addFile(n,t,r)},add(n){if(n.kind==`extension`){let e=t.get(n.extendee.typeName);e||t.set(n.extendee.typeName,e=new Map),e.set(n.number,n)}e.set(n.typeName,n)},get(t){return e.get(t)},getFile(e){return n.get(e)},getMessage(t){let n=e.get(t);return n?.kind==`message`?n:void 0},getEnum(t){let n=e.get(t);return n?.kind==`enum`?n:void 0},getExtension(t){let n=e.get(t);return n?.kind==`extension`?n:void 0},getExtensionFor(e,n){return t.get(e.typeName)?.get(n)},getService(t){let n=e.get(t);return n?.kind==`service`?n:void 0}}}var lt=998,ut=999,dt=9999,ft=9,pt=10,mt=11,ht=12,gt=14,_t=3,vt=2,yt=1,bt=0,xt=1,St=2,Ct=3,wt=1,Tt=2,Et=1,Dt=2,Ot=1002,kt={998:{fieldPresence:1,enumType:2,repeatedFieldEncoding:2,utf8Validation:3,messageEncoding:1,jsonFormat:2,enforceNamingStyle:2,defaultSymbolVisibility:1,enforceProtoLimits:1},999:{fieldPresence:2,enumType:1,repeatedFieldEncoding:1,utf8Validation:2,messageEncoding:1,jsonFormat:1,enforceNamingStyle:2,defaultSymbolVisibility:1,enforceProtoLimits:1},1e3:{fieldPresence:1,enumType:1,repeatedFieldEncoding:1,utf8Validation:2,messageEncoding:1,jsonFormat:1,enforceNamingStyle:2,defaultSymbolVisibility:1,enforceProtoLimits:1},1001:{fieldPresence:1,enumType:1,repeatedFieldEncoding:1,utf8Validation:2,messageEncoding:1,jsonFormat:1,enforceNamingStyle:1,defaultSymbolVisibility:2,enforceProtoLimits:1},1002:{fieldPresence:1,enumType:1,repeatedFieldEncoding:1,utf8Validation:2,messageEncoding:1,jsonFormat:1,enforceNamingStyle:3,defaultSymbolVisibility:4,enforceProtoLimits:2}};function At(e,t){let n={kind:`file`,proto:e,deprecated:e.options?.deprecated??!1,edition:zt(e),name:e.name.replace(/\.proto$/,``),dependencies:Bt(e,t),enums:[],messages:[],extensions:[],services:[],toString(){return`file ${e.name}`}},r=new Map,i={get(e){return r.get(e)},add(e){en(e.proto.options?.mapEntry===!0),r.set(e.typeName,e)}};for(let r of e.enumType)Nt(r,n,void 0,t);for(let r of e.messageType)Pt(r,n,void 0,t,i);for(let r of e.service)Ft(r,n,t);jt(n,t);for(let e of r.values())Mt(e,t,i);for(let e of n.messages)Mt(e,t,i),jt(e,t);t.addFile(n,!0)}function jt(e,t){switch(e.kind){case`file`:for(let n of e.proto.extension){let r=Rt(n,e,t);e.extensions.push(r),t.add(r)}break;case`message`:for(let n of e.proto.extension){let r=Rt(n,e,t);e.nestedExtensions.push(r),t.add(r)}for(let n of e.nestedMessages)jt(n,t)}}function Mt(e,t,n){let r=e.proto.oneofDecl.map(t=>Lt(t,e)),i=new Set;for(let a of e.proto.field){let o=Kt(a,r),s=Rt(a,e,t,o,n);e.fields.push(s),e.field[s.localName]=s,o===void 0?e.members.push(s):(o.fields.push(s),i.has(o)||(i.add(o),e.members.push(o)))}for(let t of r.filter(e=>i.has(e)))e.oneofs.push(t);for(let r of e.nestedMessages)Mt(r,t,n)}function Nt(e,t,n,r){var i,a;let o=Vt(e.name,e.value),s={kind:`enum`,proto:e,deprecated:e.options?.deprecated??!1,file:t,parent:n,open:!0,name:e.name,typeName:Wt(e,n,t),value:{},values:[],sharedPrefix:o,toString(){return`enum ${this.typeName}`}};s.open=Xt(s),r.add(s);for(let t of e.value){let e=t.name,n={kind:`enum_value`,proto:t,deprecated:t.options?.deprecated??!1,parent:s,name:e,localName:Se(o==null?e:e.substring(o.length)),number:t.number,jsonName:Ht(t)??e,toString(){return`enum value ${s.typeName}.${e}`}};s.values.push(n),(i=s.value)[a=t.number]??(i[a]=n)}(n?.nestedEnums??t.enums).push(s)}function Pt(e,t,n,r,i){let a={kind:`message`,proto:e,deprecated:e.options?.deprecated??!1,file:t,parent:n,name:e.name,typeName:Wt(e,n,t),fields:[],field:{},oneofs:[],members:[],nestedEnums:[],nestedMessages:[],nestedExtensions:[],toString(){return`message ${this.typeName}`}};e.options?.mapEntry===!0?i.add(a):((n?.nestedMessages??t.messages).push(a),r.add(a));for(let n of e.enumType)Nt(n,t,a,r);for(let n of e.nestedType)Pt(n,t,a,r,i)}function Ft(e,t,n){let r={kind:`service`,proto:e,deprecated:e.options?.deprecated??!1,file:t,name:e.name,typeName:Wt(e,void 0,t),methods:[],method:{},toString(){return`service ${this.typeName}`}};t.services.push(r),n.add(r);for(let t of e.method){let e=It(t,r,n);r.methods.push(e),r.method[e.localName]=e}}function It(e,t,n){let r;r=e.clientStreaming&&e.serverStreaming?`bidi_streaming`:e.clientStreaming?`client_streaming`:e.serverStreaming?`server_streaming`:`unary`;let i=n.getMessage(Gt(e.inputType)),a=n.getMessage(Gt(e.outputType));en(i,`invalid MethodDescriptorProto: input_type ${e.inputType} not found`),en(a,`invalid MethodDescriptorProto: output_type ${e.inputType} not found`);let o=e.name;return{kind:`rpc`,proto:e,deprecated:e.options?.deprecated??!1,parent:t,name:o,localName:Se(o.length?Se(o[0].toLowerCase()+o.substring(1)):o),methodKind:r,input:i,output:a,idempotency:e.options?.idempotencyLevel??bt,toString(){return`rpc ${t.typeName}.${o}`}}}function Lt(e,t){return{kind:`oneof`,proto:e,deprecated:!1,parent:t,fields:[],name:e.name,localName:Se(be(e.name)),toString(){return`oneof ${t.typeName}.${this.name}`}}}function Rt(e,t,n,r,i){let a=i===void 0,o={kind:`field`,proto:e,deprecated:e.options?.deprecated??!1,name:e.name,number:e.number,scalar:void 0,message:void 0,enum:void 0,presence:qt(e,r,a,t),utf8Validation:Qt(e,t),listKind:void 0,mapKind:void 0,mapKey:void 0,delimitedEncoding:void 0,packed:void 0,longAsString:!1,getDefaultValue:void 0},s;if(a){let r=t.kind==`file`?t:t.file,i=t.kind==`file`?void 0:t,a=Wt(e,i,r);o.kind=`extension`,o.file=r,o.parent=i,o.oneof=void 0,o.typeName=a,o.jsonName=`[${a}]`,s=()=>`extension ${a}`;let c=n.getMessage(Gt(e.extendee));en(c,`invalid FieldDescriptorProto: extendee ${e.extendee} not found`),o.extendee=c}else{let n=t;en(n.kind==`message`),o.parent=n,o.oneof=r,o.localName=r?be(e.name):Se(be(e.name)),o.jsonName=e.jsonName,s=()=>`field ${n.typeName}.${e.name}`}Object.defineProperty(o,"toString",{value:s,writable:!0,enumerable:!0,configurable:!0});let c=e.label,l=e.type,u=e.options?.jstype;if(c===_t){let r=l==mt?i?.get(Gt(e.typeName)):void 0;if(r){o.fieldKind=`map`;let{key:e,value:t}=Yt(r);return o.mapKey=e.scalar,o.mapKind=t.fieldKind,o.message=t.message,o.delimitedEncoding=!1,o.enum=t.enum,o.scalar=t.scalar,o}switch(o.fieldKind=`list`,l){case mt:case pt:o.listKind=`message`,o.message=n.getMessage(Gt(e.typeName)),en(o.message),o.delimitedEncoding=Zt(e,t);break;case gt:o.listKind=`enum`,o.enum=n.getEnum(Gt(e.typeName)),en(o.enum);break;default:o.listKind=`scalar`,o.scalar=l,o.longAsString=u==yt}return o.packed=Jt(e,t),o}switch(l){case mt:case pt:o.fieldKind=`message`,o.message=n.getMessage(Gt(e.typeName)),en(o.message,`invalid FieldDescriptorProto: type_name ${e.typeName} not found`),o.delimitedEncoding=Zt(e,t),o.getDefaultValue=()=>void 0;break;case gt:{let t=n.getEnum(Gt(e.typeName));en(t!==void 0,`invalid FieldDescriptorProto: type_name ${e.typeName} not found`),o.fieldKind=`enum`,o.enum=n.getEnum(Gt(e.typeName)),o.getDefaultValue=()=>Re(e,`defaultValue`)?Ve(t,e.defaultValue):void 0;break}default:o.fieldKind=`scalar`,o.scalar=l,o.longAsString=u==yt,o.getDefaultValue=()=>Re(e,`defaultValue`)?He(l,e.defaultValue):void 0}return o}function zt(e){switch(e.syntax){case``:case`proto2`:return lt;case`proto3`:return ut;case`editions`:if(e.edition===dt)return Ot;if(e.edition in kt)return e.edition;throw Error(`${e.name}: unsupported edition`);default:throw Error(`${e.name}: unsupported syntax "${e.syntax}"`)}}function Bt(e,t){return e.dependency.map(n=>{let r=t.getFile(n);if(!r)throw Error(`Cannot find ${n}, imported by ${e.name}`);return r})}function Vt(e,t){let n=Ut(e)+`_`;for(let e of t){if(!e.name.toLowerCase().startsWith(n))return;let t=e.name.substring(n.length);if(t.length==0||/^\d/.test(t))return}return n}function Ht(e){let t;for(let n of e.options?.$unknown??[]){if(n.no!==998||n.wireType!==E.LengthDelimited)continue;let e=new nt(new nt(n.data).bytes());for(;e.pos<e.len;){let[n,r]=e.tag();n===1&&r===E.LengthDelimited?t=e.string():e.skip(r,n)}}return t}function Ut(e){return(e.substring(0,1)+e.substring(1).replace(/[A-Z]/g,e=>`_`+e)).toLowerCase()}function Wt(e,t,n){let r;return r=t?`${t.typeName}.${e.name}`:n.proto.package.length>0?`${n.proto.package}.${e.name}`:`${e.name}`,r}function Gt(e){return e.startsWith(`.`)?e.substring(1):e}function Kt(e,t){if(!Re(e,`oneofIndex`)||e.proto3Optional)return;let n=t[e.oneofIndex];return en(n,`invalid FieldDescriptorProto: oneof #${e.oneofIndex} for field #${e.number} not found`),n}function qt(e,t,n,r){if(e.label==vt)return Ct;if(e.label==_t)return St;if(t||e.proto3Optional||n)return xt;let i=$t(`fieldPresence`,{proto:e,parent:r});return i==St&&(e.type==mt||e.type==pt)?xt:i}function Jt(e,t){if(e.label!=_t)return!1;switch(e.type){case ft:case ht:case pt:case mt:return!1}let n=e.options;return n&&Re(n,`packed`)?n.packed:wt==$t(`repeatedFieldEncoding`,{proto:e,parent:t})}function Yt(e){let t=e.fields.find(e=>e.number===1),n=e.fields.find(e=>e.number===2);return en(t&&t.fieldKind==`scalar`&&t.scalar!=T.BYTES&&t.scalar!=T.FLOAT&&t.scalar!=T.DOUBLE&&n&&n.fieldKind!=`list`&&n.fieldKind!=`map`),{key:t,value:n}}function Xt(e){return Et==$t(`enumType`,{proto:e.proto,parent:e.parent??e.file})}function Zt(e,t){return e.type==pt||Tt==$t(`messageEncoding`,{proto:e,parent:t})}function Qt(e,t){return Dt==$t(`utf8Validation`,{proto:e,parent:t})}function $t(e,t){let n=t.proto.options?.features;if(n){let t=n[e];if(t!=0)return t}if(`kind`in t){if(t.kind==`message`)return $t(e,t.parent??t.file);let n=kt[t.edition];if(!n)throw Error(`feature default for edition ${t.edition} not found`);return n[e]}return $t(e,t.parent)}function en(e,t){if(!e)throw Error(t)}function tn(e){let t=nn(e);return t.messageType.forEach(Be),ot(t,()=>void 0).getFile(t.name)}function nn(e){return Object.assign(Object.create({syntax:``,edition:0}),Object.assign(Object.assign({$typeName:`google.protobuf.FileDescriptorProto`,dependency:[],publicDependency:[],weakDependency:[],optionDependency:[],service:[],extension:[]},e),{messageType:e.messageType.map(rn),enumType:e.enumType.map(sn)}))}function rn(e){return Object.assign(Object.create({visibility:0}),{$typeName:`google.protobuf.DescriptorProto`,name:e.name,field:e.field?.map(an)??[],extension:[],nestedType:e.nestedType?.map(rn)??[],enumType:e.enumType?.map(sn)??[],extensionRange:e.extensionRange?.map(e=>Object.assign({$typeName:`google.protobuf.DescriptorProto.ExtensionRange`},e))??[],oneofDecl:[],reservedRange:[],reservedName:[]})}function an(e){return Object.assign(Object.create({label:1,typeName:``,extendee:``,defaultValue:``,oneofIndex:0,jsonName:``,proto3Optional:!1}),Object.assign(Object.assign({$typeName:`google.protobuf.FieldDescriptorProto`},e),{options:e.options?on(e.options):void 0}))}function on(e){return Object.assign(Object.create({ctype:0,packed:!1,jstype:0,lazy:!1,unverifiedLazy:!1,deprecated:!1,weak:!1,debugRedact:!1,retention:0}),Object.assign(Object.assign({$typeName:`google.protobuf.FieldOptions`},e),{targets:e.targets??[],editionDefaults:e.editionDefaults?.map(e=>Object.assign({$typeName:`google.protobuf.FieldOptions.EditionDefault`},e))??[],uninterpretedOption:[]}))}function sn(e){return Object.assign(Object.create({visibility:0}),{$typeName:`google.protobuf.EnumDescriptorProto`,name:e.name,reservedName:[],reservedRange:[],value:e.value.map(e=>Object.assign({$typeName:`google.protobuf.EnumValueDescriptorProto`},e))})}var cn=Uint8Array.prototype.setFromBase64;function ln(e){let t=e.length,n=t-(t+3>>2);!(t&3)&&e[t-1]==`=`&&(n-=e[t-2]==`=`?2:1);let r=new Uint8Array(n),i=-1;if(cn)try{let n=cn.call(r,e);n.read==t&&(i=n.written)}catch{}return i<0&&(i=un(r,e)),i==n?r:r.subarray(0,i)}function un(e,t){let n=hn(),r=0,i=0,a,o=0;for(let s=0;s<t.length;s++){if(a=n[t.charCodeAt(s)],a===void 0)switch(t[s]){case`=`:i=0;case`
`:case`\r`:case`	`:case` `:continue;default:throw Error(`invalid base64 string`)}switch(i){case 0:o=a,i=1;break;case 1:e[r++]=o<<2|(a&48)>>4,o=a,i=2;break;case 2:e[r++]=(o&15)<<4|(a&60)>>2,o=a,i=3;break;case 3:e[r++]=(o&3)<<6|a,i=0}}if(i==1)throw Error(`invalid base64 string`);return r}Uint8Array.prototype.toBase64;var dn,fn,pn;function mn(e){return dn||(dn=`ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/`.split(``),fn=dn.slice(0,-2).concat(`-`,`_`)),e==`url`?fn:dn}function hn(){if(!pn){pn=[];let e=mn(`std`);for(let t=0;t<e.length;t++)pn[e[t].charCodeAt(0)]=t;pn[45]=e.indexOf(`+`),pn[95]=e.indexOf(`/`)}return pn}var gn=class extends Error{constructor(e,t,n=`FieldValueInvalidError`){super(t),this.name=n,this.field=()=>e}};function _n(e,t){return typeof e==`object`&&e&&`$typeName`in e&&typeof e.$typeName==`string`?t===void 0||t.typeName===e.$typeName:!1}function vn(e){return typeof e==`object`&&!!e&&!Array.isArray(e)}function yn(e){let t=e.fields[0];return xn(e.typeName)&&t!==void 0&&t.fieldKind==`scalar`&&t.name==`value`&&t.number==1}var bn=new Set([`google.protobuf.DoubleValue`,`google.protobuf.FloatValue`,`google.protobuf.Int64Value`,`google.protobuf.UInt64Value`,`google.protobuf.Int32Value`,`google.protobuf.UInt32Value`,`google.protobuf.BoolValue`,`google.protobuf.StringValue`,`google.protobuf.BytesValue`]);function xn(e){return bn.has(e)}var Sn=999,Cn=998,wn=2;function Tn(e,t){return _n(t,e)?t:Dn(e)(t)}var En=new WeakMap;function Dn(e){let t=En.get(e);return t===void 0&&(t=Mn(e),En.set(e,t)),t}var On=0,kn=1,An=2,jn=3;function Mn(e){let t=e.typeName,{properties:n,prototype:r}=Nn(e);return e=>{let i;r===void 0?i={$typeName:t}:(i=Object.create(r),i.$typeName=t);for(let t=0;t<n.length;t++){let r=n[t],a=r.name,o=e?.[a];switch(r.kind){case On:o==null?r.constant!==void 0&&(i[a]=r.constant):i[a]=r.convert===void 0?o:r.convert(o);break;case kn:i[a]=r.convert!==void 0&&Array.isArray(o)?o.map(r.convert):o??[];break;case An:if(r.convert===void 0||!vn(o))i[a]=o??{};else{let e={},t=Object.keys(o);for(let n=0;n<t.length;n++)ze(e,t[n],r.convert(o[t[n]]));i[a]=e}break;case jn:{let e=o;if(e?.case!=null){let t=r.convert.get(e.case);if(t!==void 0){i[a]={case:e.case,value:t(e.value)};break}}i[a]={case:void 0};break}}}return i}}function Nn(e){let t=[],n={},r=Ln(e);for(let i of e.members){let e=i.localName;if(i.kind==`oneof`)t.push({name:e,kind:jn,constant:void 0,convert:Pn(i)});else switch(i.fieldKind){case`message`:t.push({name:e,kind:On,constant:void 0,convert:Fn(i)});break;case`list`:t.push({name:e,kind:kn,constant:void 0,convert:i.listKind==`message`?Fn(i)??(e=>e):i.scalar==T.BYTES?In:void 0});break;case`map`:t.push({name:e,kind:An,constant:void 0,convert:i.mapKind==`message`?Fn(i)??(e=>e):i.scalar==T.BYTES?In:void 0});break;default:{let a=Rn(i);t.push({name:e,kind:On,constant:i.presence==wn?a:void 0,convert:i.fieldKind==`scalar`&&i.scalar==T.BYTES?In:void 0}),r&&(n[e]=a);break}}}return{properties:t,prototype:r?n:void 0}}function Pn(e){let t=new Map;for(let n of e.fields){let e;n.fieldKind==`message`?e=Fn(n):n.fieldKind==`scalar`&&n.scalar==T.BYTES&&(e=In),t.set(n.localName,e??(e=>e))}return t}function Fn(e){if(e.fieldKind==`message`&&!e.oneof&&yn(e.message))return e.message.fields[0].scalar==T.BYTES?In:void 0;if(e.message.typeName==`google.protobuf.Struct`&&e.parent.typeName!==`google.protobuf.Value`)return;let t=e.message,n;return e=>!vn(e)||_n(e,t)?e:(n??=Dn(t),n(e))}function In(e){return Array.isArray(e)?new Uint8Array(e):e}function Ln(e){switch(e.file.edition){case Sn:return!1;case Cn:return!0;default:return e.fields.some(e=>e.presence!=wn&&e.fieldKind!=`message`&&!e.oneof)}}function Rn(e){let t=e.getDefaultValue();return t===void 0?e.fieldKind==`scalar`?Le(e.scalar,e.longAsString):e.enum.values[0].number:e.fieldKind==`scalar`&&e.longAsString?t.toString():t}var zn=0;function Bn(e){if(Vn(e))return{toMessage:e=>Hn(e),toLocal:e=>Un(e)};if(e.fieldKind==`message`&&!e.oneof&&yn(e.message)){let t=e.message,n=t.fields[0].localName;return{toMessage:e=>{let r=Tn(t);return e!==void 0&&(r[n]=e),r},toLocal:e=>e[n]}}let t=e.message;return{toMessage:e=>e===void 0?Tn(t):e,toLocal:e=>e}}function Vn(e){return e.message.typeName==`google.protobuf.Struct`&&e.parent.typeName!=`google.protobuf.Value`}function Hn(e){let t={$typeName:`google.protobuf.Struct`,fields:{}};if(vn(e))for(let n of Object.keys(e))ze(t.fields,n,Gn(e[n]));return t}function Un(e){let t={};for(let n of Object.keys(e.fields))ze(t,n,Wn(e.fields[n]));return t}function Wn(e){switch(e.kind.case){case`structValue`:return Un(e.kind.value);case`listValue`:return e.kind.value.values.map(Wn);case`nullValue`:case void 0:return null;default:return e.kind.value}}function Gn(e){let t={$typeName:`google.protobuf.Value`,kind:{case:void 0}};switch(typeof e){case`number`:t.kind={case:`numberValue`,value:e};break;case`string`:t.kind={case:`stringValue`,value:e};break;case`boolean`:t.kind={case:`boolValue`,value:e};break;case`object`:if(e===null)t.kind={case:`nullValue`,value:zn};else if(Array.isArray(e)){let n={$typeName:`google.protobuf.ListValue`,values:[]};if(Array.isArray(e))for(let t of e)n.values.push(Gn(t));t.kind={case:`listValue`,value:n}}else t.kind={case:`structValue`,value:Hn(e)}}return t}var Kn=2,qn=3,Jn={writeUnknownFields:!0};function Yn(e){return e?Object.assign(Object.assign({},Jn),e):Jn}function Xn(e,t,n){let r=new Ye;return Qn(e)(r,Yn(n),t),r.finish()}var Zn=new WeakMap;function Qn(e){let t=Zn.get(e);return t===void 0&&(t=$n(e)),t}function $n(e){let t=e.typeName,n=e.fields.concat().sort((e,t)=>e.number-t.number),r=n[0],i=[],a=(e,n,a)=>{if(a.$typeName!==t&&r!==void 0)throw new gn(r,`cannot use ${r} with message ${a.$typeName}`,`ForeignFieldError`);for(let t=0;t<i.length;t++)i[t](e,n,a);let o=a.$unknown;if(o!==void 0&&n.writeUnknownFields)for(let t=0;t<o.length;t++){let{no:n,wireType:r,data:i}=o[t];e.tag(n,r).raw(i)}};Zn.set(e,a);for(let e of n)i.push(er(e));return a}function er(e){switch(e.fieldKind){case`message`:case`scalar`:case`enum`:return tr(e);case`list`:return rr(e);case`map`:return ir(e)}}function tr(e){let t=nr(e),n=e.localName;if(e.oneof){let r=e.oneof.localName;return(e,i,a)=>{let o=a[r];o.case===n&&t(e,i,o.value)}}if(e.presence!=Kn){let r=e.presence==qn?`cannot encode ${e} to binary: required field not set`:void 0;return(e,i,a)=>{let o=a[n];if(o!==void 0&&Object.prototype.hasOwnProperty.call(a,n))t(e,i,o);else if(r!==void 0)throw Error(r)}}if(e.fieldKind==`enum`){let r=e.enum.values[0].number;return(e,i,a)=>{let o=a[n];o!==r&&t(e,i,o)}}switch(e.scalar){case T.BOOL:return(e,r,i)=>{let a=i[n];a!==!1&&t(e,r,a)};case T.STRING:return(e,r,i)=>{let a=i[n];a!==``&&t(e,r,a)};case T.BYTES:return(e,r,i)=>{let a=i[n];(!(a instanceof Uint8Array)||a.byteLength>0)&&t(e,r,a)};case T.DOUBLE:case T.FLOAT:return(e,r,i)=>{let a=i[n];Object.is(a,0)||t(e,r,a)};default:return(e,r,i)=>{let a=i[n];a!=0&&t(e,r,a)}}}function nr(e){switch(e.fieldKind){case`message`:{let{toMessage:t}=Bn(e),n=lr(e);return(e,r,i)=>{n(e,r,t(i))}}case`scalar`:case`enum`:{let t=e.fieldKind==`enum`?T.INT32:e.scalar,n=e.number,r=ur(t),i=sr(t,e.parent.typeName,e.name);return(e,t,a)=>{e.tag(n,r),i(e,a)}}}}function rr(e){let t=e.localName,n=e.number;switch(e.listKind){case`message`:{let{toMessage:n}=Bn(e),r=lr(e);return(e,i,a)=>{let o=a[t];for(let t=0;t<o.length;t++)r(e,i,n(o[t]))}}case`scalar`:case`enum`:{let r=e.listKind==`enum`?T.INT32:e.scalar,i=sr(r,e.parent.typeName,e.name);if(e.packed)return(e,r,a)=>{let o=a[t];if(o.length!=0){e.tag(n,E.LengthDelimited).fork();for(let t=0;t<o.length;t++)i(e,o[t]);e.join()}};let a=ur(r);return(e,r,o)=>{let s=o[t];for(let t=0;t<s.length;t++)e.tag(n,a),i(e,s[t])}}}}function ir(e){let t=e.localName,n=e.number,r=ar(e);if(e.mapKind==`message`){let{toMessage:i}=Bn(e),a=Qn(e.message);return(e,o,s)=>{let c=s[t],l=Object.keys(c);for(let t=0;t<l.length;t++){let s=l[t];e.tag(n,E.LengthDelimited).fork(),r(e,s),e.tag(2,E.LengthDelimited).fork(),a(e,o,i(c[s])),e.join(),e.join()}}}let i=e.mapKind==`enum`?T.INT32:e.scalar,a=ur(i),o=sr(i,e.parent.typeName,e.name);return(e,i,s)=>{let c=s[t],l=Object.keys(c);for(let t=0;t<l.length;t++){let i=l[t];e.tag(n,E.LengthDelimited).fork(),r(e,i),e.tag(2,a),o(e,c[i]),e.join()}}}function ar(e){let t=ur(e.mapKey),n=sr(e.mapKey,e.parent.typeName,e.name),r=or(e.mapKey);return(e,i)=>{e.tag(1,t),n(e,r(i))}}function or(e){switch(e){case T.STRING:return e=>e;case T.BOOL:return e=>e===`true`||e!==`false`&&e;case T.UINT64:case T.FIXED64:return e=>{try{return w.uParse(e)}catch{return e}};case T.INT64:case T.SFIXED64:case T.SINT64:return e=>{try{return w.parse(e)}catch{return e}};default:return e=>{let t=Number.parseInt(e);return Number.isFinite(t)?t:e}}}function sr(e,t,n){let r=cr(e);return(e,i)=>{try{r(e,i)}catch(e){throw e instanceof Error?Error(`cannot encode field ${t}.${n} to binary: ${e.message}`):e}}}function cr(e){switch(e){case T.STRING:return(e,t)=>e.string(t);case T.BOOL:return(e,t)=>e.bool(t);case T.DOUBLE:return(e,t)=>e.double(t);case T.FLOAT:return(e,t)=>e.float(t);case T.INT32:return(e,t)=>e.int32(t);case T.INT64:return(e,t)=>e.int64(t);case T.UINT64:return(e,t)=>e.uint64(t);case T.FIXED64:return(e,t)=>e.fixed64(t);case T.BYTES:return(e,t)=>e.bytes(t);case T.FIXED32:return(e,t)=>e.fixed32(t);case T.SFIXED32:return(e,t)=>e.sfixed32(t);case T.SFIXED64:return(e,t)=>e.sfixed64(t);case T.SINT64:return(e,t)=>e.sint64(t);case T.UINT32:return(e,t)=>e.uint32(t);case T.SINT32:return(e,t)=>e.sint32(t)}}function lr(e){let t=e.number,n=Qn(e.message);return e.delimitedEncoding?(e,r,i)=>{e.tag(t,E.StartGroup),n(e,r,i),e.tag(t,E.EndGroup)}:(e,r,i)=>{e.tag(t,E.LengthDelimited).fork(),n(e,r,i),e.join()}}function ur(e){switch(e){case T.BYTES:case T.STRING:return E.LengthDelimited;case T.DOUBLE:case T.FIXED64:case T.SFIXED64:return E.Bit64;case T.FIXED32:case T.SFIXED32:case T.FLOAT:return E.Bit32;default:return E.Varint}}function dr(e,t,...n){return n.reduce((e,t)=>e.nestedMessages[t],e.messages[t])}var fr=dr(tn({name:`google/protobuf/descriptor.proto`,package:`google.protobuf`,messageType:[{name:`FileDescriptorProto`,field:[{name:`name`,number:1,type:9,label:1},{name:`package`,number:2,type:9,label:1},{name:`dependency`,number:3,type:9,label:3},{name:`message_type`,number:4,type:11,label:3,typeName:`.google.protobuf.DescriptorProto`},{name:`enum_type`,number:5,type:11,label:3,typeName:`.google.protobuf.EnumDescriptorProto`},{name:`service`,number:6,type:11,label:3,typeName:`.google.protobuf.ServiceDescriptorProto`},{name:`extension`,number:7,type:11,label:3,typeName:`.google.protobuf.FieldDescriptorProto`},{name:`syntax`,number:12,type:9,label:1}]},{name:`DescriptorProto`,field:[{name:`name`,number:1,type:9,label:1},{name:`field`,number:2,type:11,label:3,typeName:`.google.protobuf.FieldDescriptorProto`},{name:`extension`,number:6,type:11,label:3,typeName:`.google.protobuf.FieldDescriptorProto`},{name:`nested_type`,number:3,type:11,label:3,typeName:`.google.protobuf.DescriptorProto`},{name:`enum_type`,number:4,type:11,label:3,typeName:`.google.protobuf.EnumDescriptorProto`},{name:`oneof_decl`,number:8,type:11,label:3,typeName:`.google.protobuf.OneofDescriptorProto`},{name:`options`,number:7,type:11,label:1,typeName:`.google.protobuf.MessageOptions`}]},{name:`FieldDescriptorProto`,field:[{name:`name`,number:1,type:9,label:1},{name:`number`,number:3,type:5,label:1},{name:`label`,number:4,type:14,label:1,typeName:`.google.protobuf.FieldDescriptorProto.Label`},{name:`type`,number:5,type:14,label:1,typeName:`.google.protobuf.FieldDescriptorProto.Type`},{name:`type_name`,number:6,type:9,label:1},{name:`oneof_index`,number:9,type:5,label:1},{name:`json_name`,number:10,type:9,label:1},{name:`options`,number:8,type:11,label:1,typeName:`.google.protobuf.FieldOptions`},{name:`proto3_optional`,number:17,type:8,label:1}],enumType:[{name:`Type`,value:[{name:`TYPE_DOUBLE`,number:1},{name:`TYPE_FLOAT`,number:2},{name:`TYPE_INT64`,number:3},{name:`TYPE_UINT64`,number:4},{name:`TYPE_INT32`,number:5},{name:`TYPE_FIXED64`,number:6},{name:`TYPE_FIXED32`,number:7},{name:`TYPE_BOOL`,number:8},{name:`TYPE_STRING`,number:9},{name:`TYPE_GROUP`,number:10},{name:`TYPE_MESSAGE`,number:11},{name:`TYPE_BYTES`,number:12},{name:`TYPE_UINT32`,number:13},{name:`TYPE_ENUM`,number:14},{name:`TYPE_SFIXED32`,number:15},{name:`TYPE_SFIXED64`,number:16},{name:`TYPE_SINT32`,number:17},{name:`TYPE_SINT64`,number:18}]},{name:`Label`,value:[{name:`LABEL_OPTIONAL`,number:1},{name:`LABEL_REPEATED`,number:3},{name:`LABEL_REQUIRED`,number:2}]}]},{name:`OneofDescriptorProto`,field:[{name:`name`,number:1,type:9,label:1}]},{name:`EnumDescriptorProto`,field:[{name:`name`,number:1,type:9,label:1},{name:`value`,number:2,type:11,label:3,typeName:`.google.protobuf.EnumValueDescriptorProto`}]},{name:`EnumValueDescriptorProto`,field:[{name:`name`,number:1,type:9,label:1},{name:`number`,number:2,type:5,label:1}]},{name:`ServiceDescriptorProto`,field:[{name:`name`,number:1,type:9,label:1},{name:`method`,number:2,type:11,label:3,typeName:`.google.protobuf.MethodDescriptorProto`}]},{name:`MethodDescriptorProto`,field:[{name:`name`,number:1,type:9,label:1},{name:`input_type`,number:2,type:9,label:1},{name:`output_type`,number:3,type:9,label:1},{name:`client_streaming`,number:5,type:8,label:1,defaultValue:`false`},{name:`server_streaming`,number:6,type:8,label:1,defaultValue:`false`}]},{name:`MessageOptions`,field:[{name:`map_entry`,number:7,type:8,label:1}]},{name:`FieldOptions`,field:[{name:`packed`,number:2,type:8,label:1}]}],enumType:[]}),0);function pr(e){return Object.assign(Object.assign({readUnknownFields:!0,recursionLimit:100},e),{depth:0})}function mr(e,t,n){let r=Tn(e);return gr(e).read(r,new nt(t),pr(n),t.byteLength),r}var hr=new WeakMap;function gr(e){let t=hr.get(e);return t===void 0&&(t=_r(e)),t}function _r(e){let t=String(e),n=new Map,r={read:vr(t,n),readGroup:yr(t,n)};hr.set(e,r);for(let t of e.fields)n.set(t.number,br(t));return r}function vr(e,t){return(n,r,i,a)=>{if(++i.depth>i.recursionLimit)throw Error(`cannot decode ${e} from binary: maximum recursion depth of ${i.recursionLimit} reached`);let o=r.pos+a,s=n.$unknown??[];for(;r.pos<o;){let[e,a]=r.tag(),o=t.get(e);if(o===void 0){let t=r.skip(a,e,i.recursionLimit-i.depth);i.readUnknownFields&&s.push({no:e,wireType:a,data:t})}else o(n,r,i,a)}s.length>0&&(n.$unknown=s),i.depth--}}function yr(e,t){return(n,r,i,a)=>{if(++i.depth>i.recursionLimit)throw Error(`cannot decode ${e} from binary: maximum recursion depth of ${i.recursionLimit} reached`);let o,s,c=n.$unknown??[];for(;r.pos<r.len&&([o,s]=r.tag(),s!=E.EndGroup);){let e=t.get(o);if(e===void 0){let e=r.skip(s,o,i.recursionLimit-i.depth);i.readUnknownFields&&c.push({no:o,wireType:s,data:e})}else e(n,r,i,s)}if(s!=E.EndGroup||o!==a)throw Error(`invalid end group tag`);c.length>0&&(n.$unknown=c),i.depth--}}function br(e){switch(e.fieldKind){case`scalar`:return xr(e);case`enum`:return Sr(e);case`message`:return Cr(e);case`list`:return Tr(e);case`map`:return Er(e)}}function xr(e){let t=Dr(e.scalar,e.utf8Validation,e.longAsString),n=e.localName;if(e.oneof){let r=e.oneof.localName;return(e,i)=>{e[r]={case:n,value:t(i)}}}return(e,r)=>{e[n]=t(r)}}function Sr(e){let t=e.localName,n=e.oneof?.localName;if(e.enum.open)return n===void 0?(e,n)=>{e[t]=n.int32()}:(e,r)=>{e[n]={case:t,value:r.int32()}};let r=e.enum.values,i=e.number;return(e,a,o,s)=>{let c=a.int32();if(r.some(e=>e.number===c))n===void 0?e[t]=c:e[n]={case:t,value:c};else if(o.readUnknownFields){let t=[];Me(c,t);let n=e.$unknown??[];n.push({no:i,wireType:s,data:new Uint8Array(t)}),e.$unknown=n}}}function Cr(e){let t=e.localName,{toMessage:n,toLocal:r}=Bn(e),i=wr(e);if(e.oneof){let a=e.oneof.localName;return(e,o,s)=>{let c=e[a],l=n(c.case===t?c.value:void 0);i(l,o,s),e[a]={case:t,value:r(l)}}}return(e,a,o)=>{let s=n(e[t]);i(s,a,o),e[t]=r(s)}}function wr(e){let t=gr(e.message);if(e.delimitedEncoding){let n=e.number;return(e,r,i)=>t.readGroup(e,r,i,n)}return(e,n,r)=>t.read(e,n,r,n.uint32())}function Tr(e){let t=e.localName;if(e.listKind==`message`){let{toMessage:n,toLocal:r}=Bn(e),i=wr(e);return(e,a,o)=>{let s=n(void 0);i(s,a,o),e[t].push(r(s))}}let n=e.listKind==`enum`?T.INT32:e.scalar,r=e.listKind==`scalar`&&e.longAsString,i=Dr(n,e.utf8Validation,r),a=n!=T.STRING&&n!=T.BYTES;return(e,n,r,o)=>{let s=e[t];if(o==E.LengthDelimited&&a){let e=n.uint32()+n.pos;for(;n.pos<e;)s.push(i(n))}else s.push(i(n))}}function Er(e){let t=e.localName,n=Dr(e.mapKey,e.utf8Validation,!1),r=Le(e.mapKey,!1),i,a;switch(e.mapKind){case`scalar`:{let t=e.scalar,n=Dr(t,e.utf8Validation,!1);if(i=e=>n(e),t==T.BYTES)a=()=>new Uint8Array;else{let e=Le(t,!1);a=()=>e}break}case`enum`:{let t=e.enum.values[0].number;i=e=>e.int32(),a=()=>t;break}case`message`:{let{toMessage:t,toLocal:n}=Bn(e),r=gr(e.message).read;i=(e,i,a)=>{let o=t(a);return r(o,e,i,e.uint32()),n(o)},a=()=>n(t(void 0));break}}return(e,o,s)=>{let c=e[t],l,u,d=o.uint32(),f=o.pos+d;for(;o.pos<f;){let[e,t]=o.tag();switch(e){case 1:l=n(o);break;case 2:u=i(o,s,u);break;default:o.skip(t,e,s.recursionLimit-s.depth)}}l===void 0&&(l=r),u===void 0&&(u=a()),ze(c,l,u)}}function Dr(e,t,n){switch(e){case T.STRING:return e=>e.string(t);case T.BOOL:return e=>e.bool();case T.DOUBLE:return e=>e.double();case T.FLOAT:return e=>e.float();case T.INT32:return e=>e.int32();case T.INT64:return n?e=>String(e.int64()):e=>e.int64();case T.UINT64:return n?e=>String(e.uint64()):e=>e.uint64();case T.FIXED64:return n?e=>String(e.fixed64()):e=>e.fixed64();case T.BYTES:return e=>e.bytes();case T.FIXED32:return e=>e.fixed32();case T.SFIXED32:return e=>e.sfixed32();case T.SFIXED64:return n?e=>String(e.sfixed64()):e=>e.sfixed64();case T.SINT64:return n?e=>String(e.sint64()):e=>e.sint64();case T.UINT32:return e=>e.uint32();case T.SINT32:return e=>e.sint32()}}function D(e,t){let n=mr(fr,ln(e));return n.messageType.forEach(Be),n.dependency=t?.map(e=>e.proto.name)??[],ot(n,e=>t?.find(t=>t.proto.name===e)).getFile(n.name)}function Or(e,t,...n){if(n.length>0)throw Error();return e.services[t]}var kr=D(btoa(`
fluxhero/v1/access.proto\vfluxhero.v1*K
Role
ROLE_UNSPECIFIED\0\r
	ROLE_READ

ROLE_TRADE

ROLE_ADMINbproto3`)),O={UNSPECIFIED:0,READ:1,TRADE:2,ADMIN:3},Ar=D(btoa(`
google/protobuf/timestamp.protogoogle.protobuf"+
	Timestamp
\x07seconds (\r
nanos (B
com.google.protobufBTimestampProtoPZ2google.golang.org/protobuf/types/known/timestamppbø¢GPBªGoogle.Protobuf.WellKnownTypesbproto3`)),jr=dr(Ar,0);function Mr(e){let t=Math.floor(e/1e3);return Tn(jr,{seconds:w.parse(t),nanos:(e-t*1e3)*1e6})}var Nr=D(btoa(`
google/protobuf/duration.protogoogle.protobuf"*
\bDuration
\x07seconds (\r
nanos (B
com.google.protobufB\rDurationProtoPZ1google.golang.org/protobuf/types/known/durationpbø¢GPBªGoogle.Protobuf.WellKnownTypesbproto3`)),Pr=D(btoa(`
google/protobuf/any.protogoogle.protobuf"&
Any
\btype_url (	\r
value (\fBv
com.google.protobufB\bAnyProtoPZ,google.golang.org/protobuf/types/known/anypb¢GPBªGoogle.Protobuf.WellKnownTypesbproto3`)),Fr=D(btoa(`
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
value (	:8"Ë
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
remedy\f (	"
GetStatusRequest"]
GetStatusResponse#
status (\v2.fluxhero.v1.Status#
caller (\v2.fluxhero.v1.Caller"g
Caller\f
name (	
role (2.fluxhero.v1.Role.

expires_at (\v2.google.protobuf.Timestamp"
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
SESSION_PHASE_AFTER_HOURS*
\rAlertSeverity
ALERT_SEVERITY_UNSPECIFIED\0
ALERT_SEVERITY_INFO
ALERT_SEVERITY_WARNING\x1B
ALERT_SEVERITY_CRITICAL2
\rSystemServiceJ
	GetStatus.fluxhero.v1.GetStatusRequest.fluxhero.v1.GetStatusResponseM

ListAlerts.fluxhero.v1.ListAlertsRequest.fluxhero.v1.ListAlertsResponse_
AcknowledgeAlert$.fluxhero.v1.AcknowledgeAlertRequest%.fluxhero.v1.AcknowledgeAlertResponsebproto3`),[kr,Nr,Ar]),Ir={UNSPECIFIED:0,PAPER:1,LIVE:2,DEMO:3},Lr={UNSPECIFIED:0,STARTING:1,WARMING:2,ACTIVE:3,DEGRADED:4,HALTED:5,STOPPING:6},Rr={UNSPECIFIED:0,CLOSED:1,PRE_MARKET:2,REGULAR:3,AFTER_HOURS:4},zr={UNSPECIFIED:0,INFO:1,WARNING:2,CRITICAL:3},Br=Or(Fr,0),Vr,k,Hr,Ur,Wr=Object.is,Gr=0,Kr=[],qr=[],A=e,Jr=A.__b,Yr=A.__r,Xr=A.diffed,Zr=A.__c,Qr=A.unmount,$r=A.__;function ei(e,t){A.__h&&A.__h(k,e,Gr||t),Gr=0;var n=k.__H||(k.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function ti(e,t){var n=ei(Vr++,3);!A.__s&&di(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,k.__H.__h.push(n))}function ni(e){return Gr=5,ri(function(){return{current:e}},[])}function ri(e,t){var n=ei(Vr++,7);return di(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function ii(){var e=ei(Vr++,11);if(!e.__){for(var t=k.__v;!t.__m&&t.__;)t=t.__;var n=t.__m||(t.__m=[0,0]);e.__=`P`+n[0]+`-`+n[1]++}return e.__}function ai(){var e;do{for(;e=qr.shift();)try{li(e)}catch(t){A.__e(t,{__:(e=e.__P)&&e.__v})}for(;e=Kr.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(li),t.__h.some(ui),t.__h=[]}catch(n){t.__h=[],A.__e(n,e.__v)}}}while(qr.length)}A.__b=function(e){k=null,Jr&&Jr(e)},A.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),$r&&$r(e,t)},A.__r=function(e){Yr&&Yr(e),Vr=0;var t=(k=e.__c).__H;t&&(Hr==k?k.__h=[]:(t.__h.some(li),t.__h.some(ui),Vr=0),t.__h=[],t.__.some(function(e){e.__N&&(e.__=e.__N),e.u=e.__N=void 0})),Hr=k},A.diffed=function(e){Xr&&Xr(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&ci(Kr.push(t)),t.__H.__.some(function(e){e.u&&(e.__H=e.u)})),Hr=k=null},A.__c=function(e,t){t.some(function(e){try{e.__h.some(li),e.__h=e.__h.filter(function(e){return!e.__||ui(e)})}catch(t){e.__h=[function(){throw t}]}}),Zr&&Zr(e,t)},A.unmount=function(e){Qr&&Qr(e);var t,n,r=e.__c;r&&r.__H&&(r.__H.__.some(function(r){try{if(r.__P&&r.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n&&=n.__c}r.__P=n,ci(qr.push(r))}else li(r)}catch(e){t=e}}),r.__H=void 0,t&&A.__e(t,r.__v))};var oi=typeof requestAnimationFrame==`function`;function si(e){var t,n=function(){clearTimeout(r),oi&&cancelAnimationFrame(t),setTimeout(e)},r=setTimeout(n,35);oi&&(t=requestAnimationFrame(n))}function ci(e){e!=1&&Ur==A.requestAnimationFrame||((Ur=A.requestAnimationFrame)||si)(ai)}function li(e){var t=k,n=e.__c;typeof n==`function`&&(e.__c=void 0,n()),k=t}function ui(e){var t=k;e.__c=e.__(),k=t}function di(e,t){return!e||e.length!=t.length||t.some(function(t,n){return!Wr(t,e[n])})}var fi=Symbol.for(`preact-signals`);function pi(){if(vi>1)vi--;else{var e,t=!1;for((function(){var e=Si;for(Si=void 0;e!==void 0;){var t=e.S;if(t.v===e.v)for(var n=t.t;n!==void 0;n=n.x)n.i===e.i&&(n.i=t.i);e=e.o}})();_i!==void 0;){var n=_i;for(_i=void 0,yi++;n!==void 0;){var r=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&Ti(n))try{n.c()}catch(n){t||=(e=n,!0)}n=r}}if(yi=0,vi--,t)throw e}}function mi(e){if(vi>0)return e();xi=++bi,vi++;try{return e()}finally{pi()}}var hi,j=void 0;function gi(e){var t=j,n=hi;j=void 0,hi=void 0;try{return e()}finally{j=t,hi=n}}var _i=void 0,vi=0,yi=0,bi=0,xi=0,Si=void 0,Ci=0;function wi(e){if(j!==void 0){var t=e.n;if(t===void 0||t.t!==j)return t={i:0,S:e,p:j.s,n:void 0,t:j,e:void 0,x:void 0,r:t},j.s!==void 0&&(j.s.n=t),j.s=t,e.n=t,32&j.f&&e.S(t),t;if(t.i===-1)return t.i=0,t.n!==void 0&&(t.n.p=t.p,t.p!==void 0&&(t.p.n=t.n),t.p=j.s,t.n=void 0,j.s.n=t,j.s=t),t}}function M(e,t){this.v=e,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=t?.watched,this.Z=t?.unwatched,this.name=t?.name}M.prototype.brand=fi,M.prototype.h=function(){return!0},M.prototype.S=function(e){var t=this,n=this.t;n!==e&&e.e===void 0&&(e.x=n,this.t=e,n===void 0?gi(function(){var e;(e=t.W)==null||e.call(t)}):n.e=e)},M.prototype.U=function(e){var t=this;if(this.t!==void 0){var n=e.e,r=e.x;n!==void 0&&(n.x=r,e.e=void 0),r!==void 0&&(r.e=n,e.x=void 0),e===this.t&&(this.t=r,r===void 0&&gi(function(){var e;(e=t.Z)==null||e.call(t)}))}},M.prototype.subscribe=function(e){var t=this;return Ni(function(){var n=t.value;gi(function(){return e(n)})},{name:`sub`})},M.prototype.valueOf=function(){return this.value},M.prototype.toString=function(){return this.value+``},M.prototype.toJSON=function(){return this.value},M.prototype.peek=function(){var e=this;return gi(function(){return e.value})},Object.defineProperty(M.prototype,"value",{get:function(){var e=wi(this);return e!==void 0&&(e.i=this.i),this.v},set:function(e){if(e!==this.v){if(yi>100)throw Error(`Cycle detected`);(function(e){vi!==0&&yi===0&&e.l!==xi&&(e.l=xi,Si={S:e,v:e.v,i:e.i,o:Si})})(this),this.v=e,this.i++,Ci++,vi++;try{for(var t=this.t;t!==void 0;t=t.x)t.t.N()}finally{pi()}}}});function N(e,t){return new M(e,t)}function Ti(e){for(var t=e.s;t!==void 0;t=t.n)if(t.S.i!==t.i||!t.S.h()||t.S.i!==t.i)return!0;return!1}function Ei(e){for(var t=e.s;t!==void 0;t=t.n){var n=t.S.n;if(n!==void 0&&(t.r=n),t.S.n=t,t.i=-1,t.n===void 0){e.s=t;break}}}function Di(e){for(var t=e.s,n=void 0;t!==void 0;){var r=t.p;t.i===-1?(t.S.U(t),r!==void 0&&(r.n=t.n),t.n!==void 0&&(t.n.p=r)):n=t,t.S.n=t.r,t.r!==void 0&&(t.r=void 0),t=r}e.s=n}function Oi(e,t){M.call(this,void 0,t),this.x=e,this.s=void 0,this.g=Ci-1,this.f=4}Oi.prototype=new M,Oi.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===Ci))return!0;if(this.g=Ci,this.f|=1,this.i>0&&!Ti(this))return this.f&=-2,!0;var e=j;try{Ei(this),j=this;var t=this.x();(16&this.f||this.v!==t||this.i===0)&&(this.v=t,this.f&=-17,this.i++)}catch(e){this.v=e,this.f|=16,this.i++}return j=e,Di(this),this.f&=-2,!0},Oi.prototype.S=function(e){if(this.t===void 0){this.f|=36;for(var t=this.s;t!==void 0;t=t.n)t.S.S(t)}M.prototype.S.call(this,e)},Oi.prototype.U=function(e){if(this.t!==void 0&&(M.prototype.U.call(this,e),this.t===void 0)){this.f&=-33;for(var t=this.s;t!==void 0;t=t.n)t.S.U(t)}},Oi.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var e=this.t;e!==void 0;e=e.x)e.t.N()}},Object.defineProperty(Oi.prototype,"value",{get:function(){if(1&this.f)throw Error(`Cycle detected`);var e=wi(this);if(this.h(),e!==void 0&&(e.i=this.i),16&this.f)throw this.v;return this.v}});function P(e,t){return new Oi(e,t)}function ki(e){var t=e.j;if(e.j=void 0,typeof t==`function`){vi++;var n=j;j=void 0;try{t()}catch(t){throw e.f&=-2,e.f|=8,Ai(e),t}finally{j=n,pi()}}}function Ai(e){for(var t=e.s;t!==void 0;t=t.n)t.S.U(t);e.x=void 0,e.s=void 0,ki(e)}function ji(e){if(j!==this)throw Error(`Out-of-order effect`);Di(this),j=e,this.f&=-2;try{8&this.f&&Ai(this)}finally{pi()}}function Mi(e,t){this.x=e,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=t?.name,hi&&hi.push(this)}Mi.prototype.c=function(){var e=this.S();try{if(8&this.f||this.x===void 0)return;var t=this.x();typeof t==`function`&&(this.j=t)}finally{e()}},Mi.prototype.S=function(){if(1&this.f)throw Error(`Cycle detected`);this.f|=1,this.f&=-9,ki(this),Ei(this),vi++;var e=j;return j=this,ji.bind(this,e)},Mi.prototype.N=function(){2&this.f||(this.f|=2,this.u=_i,_i=this)},Mi.prototype.d=function(){this.f|=8,1&this.f||Ai(this)},Mi.prototype.dispose=function(){this.d()};function Ni(e,t){var n=new Mi(e,t);try{n.c()}catch(e){throw n.d(),e}var r=n.d.bind(n);return r[Symbol.dispose]=r,r}var Pi,Fi,Ii,Li=typeof window<`u`&&!!window.__PREACT_SIGNALS_DEVTOOLS__,Ri=[],zi=[];Ni(function(){Pi=this.N})();function Bi(t,n){e[t]=n.bind(null,e[t]||function(){})}function Vi(e){if(Ii){var t=Ii;Ii=void 0,t()}Ii=e&&e.S()}function Hi(e){var t=this,r=e.data,i=F(r);i.name=`ReactiveDom`,i.value=r;var a=ri(function(){for(var e=t,r=t.__v;r=r.__;)if(r.__c){r.__c.__$f|=4;break}var a=P(function(){var e=i.value.value;return e===0?0:!0===e?``:e||``}),o=P(function(){return!Array.isArray(a.value)&&!n(a.value)}),s=Ni(function(){if(this.N=Yi,o.value){var t=a.value;e.__v&&e.__v.__e&&e.__v.__e.nodeType===3&&(e.__v.__e.data=t)}}),c=t.__$u.d;return t.__$u.d=function(){s(),c.call(this)},[o,a]},[]),o=a[0],s=a[1];return o.value?s.peek():s.value}Hi.displayName=`ReactiveTextNode`,Object.defineProperties(M.prototype,{constructor:{configurable:!0,value:v(b,null).constructor},type:{configurable:!0,value:Hi},props:{configurable:!0,get:function(){var e=this;return{data:{get value(){return e.value}}}}},__b:{configurable:!0,value:1}}),Bi(`__b`,function(e,t){if(Vi(),Fi=void 0,typeof t.type==`string`){var n,r=t.props;for(var i in r)if(i!==`children`){var a=r[i];a instanceof M&&(n||(t.__np=n={}),n[i]=a,r[i]=a.peek())}}e(t)}),Bi(`__r`,function(e,t){if(e(t),t.type!==b){Vi();var n,r=t.__c;r&&(r.__$f&=-2,(n=r.__$u)===void 0&&(r.__$u=n=function(e,t){var n;return Ni(function(){n=this},{name:t}),n.c=e,n}(function(e){return function(){var t;Li&&((t=this.y)==null||t.call(this)),e.__$f|=1,e.setState({})}}(r),typeof t.type==`function`?t.type.displayName||t.type.name:``))),Fi=r,Vi(n)}}),Bi(`__e`,function(e,t,n,r){Vi(),Fi=void 0,e(t,n,r)}),Bi(`diffed`,function(e,t){Vi(),Fi=void 0;var n;if(typeof t.type==`string`&&(n=t.__e)){var r=t.__np,i=t.props,a=n.U;if(a)for(var o in a){var s=a[o];s===void 0||r&&o in r||(s.d(),a[o]=void 0)}if(r)for(var c in a||(a={},n.U=a),r){var l=a[c],u=r[c];l===void 0?(l=Ui(n,c,u,i),a[c]=l):l.o(u,i)}}e(t)});function Ui(e,t,n,r){var i=t in e&&e.ownerSVGElement===void 0,a=N(n);return{o:function(e,t){a.value=e,r=t},d:Ni(function(){this.N=Yi;var n=a.value.value;r[t]!==n&&(r[t]=n,i?e[t]=n:n!=null&&(!1!==n||t[4]===`-`)?e.setAttribute(t,n):e.removeAttribute(t))})}}Bi(`unmount`,function(e,t){if(typeof t.type==`string`){var n=t.__e;if(n){var r=n.U;if(r)for(var i in n.U=void 0,r){var a=r[i];a&&a.d()}}var o=t.__np;if(o){var s=t.props;for(var c in o)s[c]=o[c]}t.__np=void 0}else{var l=t.__c;if(l){l.__$f|=8;var u=l.__$u;u&&(l.__$u=void 0,u.d())}}e(t)}),Bi(`__h`,function(e,t,n,r){r<3&&(t.__$f|=2),e(t,n,r)}),x.prototype.shouldComponentUpdate=function(e,t){if(this.__R)return!0;var n=this.__$u,r=n&&n.s!==void 0;for(var i in t)return!0;if(this.__f||typeof this.u==`boolean`&&!0===this.u){var a=2&this.__$f;if(!(r||a||4&this.__$f)||1&this.__$f)return!0}else if(!(r||4&this.__$f)||3&this.__$f)return!0;for(var o in e)if(o!==`__source`&&e[o]!==this.props[o])return!0;for(var s in this.props)if(!(s in e))return!0;return!1};function F(e,t){return ri(function(){return N(e,t)},[])}var Wi=typeof requestAnimationFrame>`u`?setTimeout:function(e){var t=function(){clearTimeout(n),cancelAnimationFrame(r),e()},n=setTimeout(t,35),r=requestAnimationFrame(t)},Gi=function(e){queueMicrotask(function(){queueMicrotask(e)})};function Ki(){mi(function(){for(var e;e=Ri.shift();)Pi.call(e)})}function qi(){Ri.push(this)===1&&(e.requestAnimationFrame||Wi)(Ki)}function Ji(){mi(function(){for(var e;e=zi.shift();)Pi.call(e)})}function Yi(){zi.push(this)===1&&(e.requestAnimationFrame||Gi)(Ji)}function Xi(e,t){var n=ni(e);n.current=e;var r=Fi;ti(function(){return Ni(function(){if(this.N=qi,!(r&&8&r.__$f))return n.current()},t)},[])}var Zi=D(btoa(`
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
\fdrawdown_pct ("Ï
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
EQUITY_RESOLUTION_SESSION2k
AccountServiceY
GetEquityCurve".fluxhero.v1.GetEquityCurveRequest#.fluxhero.v1.GetEquityCurveResponsebproto3`),[Ar]),Qi={UNSPECIFIED:0,ALL:1,HOUR:2,SESSION:3},$i=Or(Zi,0),ea=D(btoa(`
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
VERDICT_NOT_APPLICABLEbproto3`)),ta={UNSPECIFIED:0,SNAPSHOT:1,UPDATE:2,HEARTBEAT:3},na={UNSPECIFIED:0,SUBSCRIBED:1,RESUMED:2,PAST_GONE:3,EPOCH_CHANGED:4},ra={UNSPECIFIED:0,PRICES:1,BARS:2,INDICATORS:3,POSITIONS:4,ORDERS:5,SIGNALS:6,ACCOUNT:7,RISK:8,STATUS:9,ALERTS:10},ia={UNSPECIFIED:0,BUY:1,SELL:2},aa={UNSPECIFIED:0,LONG:1,SHORT:2},oa={UNSPECIFIED:0,TREND:1,MEAN_REVERSION:2,MANUAL:3},sa={UNSPECIFIED:0,MEAN_REVERSION:1,NEUTRAL:2,STRONG_TREND:3},ca={UNSPECIFIED:0,LOW:1,NORMAL:2,HIGH:3},la={UNSPECIFIED:0,PASSED:1,FAILED:2,NOT_APPLICABLE:3},ua=D(btoa(`
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
unprotected_spans (\v2.fluxhero.v1.UnprotectedSpan"
GetRiskReportRequest"@
GetRiskReportResponse'
report (\v2.fluxhero.v1.RiskReport"1
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
BREAKER_STATE_DISABLED2
\vRiskServiceV
\rGetRiskReport!.fluxhero.v1.GetRiskReportRequest".fluxhero.v1.GetRiskReportResponse;
Halt.fluxhero.v1.HaltRequest.fluxhero.v1.HaltResponseA
Resume.fluxhero.v1.ResumeRequest\x1B.fluxhero.v1.ResumeResponseD
\x07Flatten\x1B.fluxhero.v1.FlattenRequest.fluxhero.v1.FlattenResponseS
\fResetBreaker .fluxhero.v1.ResetBreakerRequest!.fluxhero.v1.ResetBreakerResponsebproto3`),[ea,Ar]),da=dr(ua,2),fa={UNSPECIFIED:0,APPROVED:1,APPROVED_WITH_ADJUSTMENT:2,REJECTED:3},pa={UNSPECIFIED:0,NORMAL:1,REDUCED:2,DISABLED:3},ma=Or(ua,0),ha=D(btoa(`
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

ListOrders.fluxhero.v1.ListOrdersRequest.fluxhero.v1.ListOrdersResponsebproto3`),[ea,ua,Ar]),ga={UNSPECIFIED:0,MARKET:1,LIMIT:2,STOP:3},_a={UNSPECIFIED:0,DAY:1,GTC:2},I={UNSPECIFIED:0,NEW:1,SUBMITTING:2,PENDING:3,PARTIALLY_FILLED:4,CANCELING:5,REPLACING:6,FILLED:7,CANCELED:8,EXPIRED:9,REJECTED:10,UNKNOWN:11,NOT_RECEIVED:12,REPLACED:13},va={UNSPECIFIED:0,ENTRY:1,EXIT:2,STOP:3,FOREIGN_STOP:4},ya=Or(ha,0),ba=D(btoa(`
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

indicators (\v2.fluxhero.v1.Indicators*Ê
\vSymbolState
SYMBOL_STATE_UNSPECIFIED\0
SYMBOL_STATE_WARMING
SYMBOL_STATE_ACTIVE
SYMBOL_STATE_DISABLED
SYMBOL_STATE_HALTED
SYMBOL_STATE_FROZEN
SYMBOL_STATE_NOT_TRADABLE2U
\rMarketServiceD
\x07GetBars\x1B.fluxhero.v1.GetBarsRequest.fluxhero.v1.GetBarsResponsebproto3`),[ea,Ar]),xa={UNSPECIFIED:0,WARMING:1,ACTIVE:2,DISABLED:3,HALTED:4,FROZEN:5,NOT_TRADABLE:6},Sa=Or(ba,0),Ca=D(btoa(`
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
\x07Explain\x1B.fluxhero.v1.ExplainRequest.fluxhero.v1.ExplainResponsebproto3`),[ea,ba,ha,ua,Ar]),L={UNSPECIFIED:0,NONE:1,LONG:2,SHORT:3,EXIT_LONG:4,EXIT_SHORT:5},wa=Or(Ca,0),Ta=D(btoa(`
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
\fExportTrades .fluxhero.v1.ExportTradesRequest!.fluxhero.v1.ExportTradesResponse0bproto3`),[ea,ha,Ca,Nr,Ar]),Ea={UNSPECIFIED:0,CSV:1,PARQUET:2},Da=Or(Ta,0),Oa=D(btoa(`
fluxhero/v1/backtest.proto\vfluxhero.v1"
BacktestConfig
\x07symbols (	
	timeframe (	.

start_time (\v2.google.protobuf.Timestamp,
\bend_time (\v2.google.protobuf.Timestamp
initial_equity (	'
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
_deflated_sharpe"Ì
Luck\f
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
text (	"¼
BacktestResult-
\x07metrics (\v2.fluxhero.v1.BacktestMetrics.
\fequity_curve (\v2.fluxhero.v1.EquityPoint*
checks (\v2.fluxhero.v1.BacktestCheck
luck (\v2.fluxhero.v1.Luck"¡
WalkForwardResult
profitable_pct (
\rempty_windows (.
\bcombined (\v2.fluxhero.v1.BacktestMetrics\f
text (	
luck\x07 (\v2.fluxhero.v1.Luck"T
\vSweepResult
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
BACKTEST_STATE_CANCELED2ê
BacktestServiceP
\vGetBacktest.fluxhero.v1.GetBacktestRequest .fluxhero.v1.GetBacktestResponseV
\rListBacktests!.fluxhero.v1.ListBacktestsRequest".fluxhero.v1.ListBacktestsResponseY
CancelBacktest".fluxhero.v1.CancelBacktestRequest#.fluxhero.v1.CancelBacktestResponseR
\vRunBacktest.fluxhero.v1.RunBacktestRequest .fluxhero.v1.RunBacktestResponse0bproto3`),[Zi,ua,Ta,Nr,Ar]),ka=dr(Oa,0),Aa={UNSPECIFIED:0,HISTORY:1,CACHE:2,FILES:3},ja={UNSPECIFIED:0,SINGLE:1,WALK_FORWARD:2,SWEEP:3},Ma={UNSPECIFIED:0,QUEUED:1,RUNNING:2,SUCCEEDED:3,FAILED:4,CANCELED:5},Na=Or(Oa,0),Pa=D(btoa(`
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
_watched_stop_price"J
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
PROTECTION_STATE_UNPROTECTED2Í
PositionServiceV
\rClosePosition!.fluxhero.v1.ClosePositionRequest".fluxhero.v1.ClosePositionResponseb
CloseAllPositions%.fluxhero.v1.CloseAllPositionsRequest&.fluxhero.v1.CloseAllPositionsResponsebproto3`),[ea,Ar]),Fa={UNSPECIFIED:0,BROKER_STOP:1,DAEMON_WATCHING:2,UNPROTECTED:3},Ia=Or(Pa,0),La=D(btoa(`
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
Watch.fluxhero.v1.WatchRequest.fluxhero.v1.WatchResponse0bproto3`),[Zi,ea,ba,ha,Pa,ua,Ca,Fr,Nr,Ar]),Ra=dr(La,0),za=Or(La,0),R;(function(e){e[e.Canceled=1]=`Canceled`,e[e.Unknown=2]=`Unknown`,e[e.InvalidArgument=3]=`InvalidArgument`,e[e.DeadlineExceeded=4]=`DeadlineExceeded`,e[e.NotFound=5]=`NotFound`,e[e.AlreadyExists=6]=`AlreadyExists`,e[e.PermissionDenied=7]=`PermissionDenied`,e[e.ResourceExhausted=8]=`ResourceExhausted`,e[e.FailedPrecondition=9]=`FailedPrecondition`,e[e.Aborted=10]=`Aborted`,e[e.OutOfRange=11]=`OutOfRange`,e[e.Unimplemented=12]=`Unimplemented`,e[e.Internal=13]=`Internal`,e[e.Unavailable=14]=`Unavailable`,e[e.DataLoss=15]=`DataLoss`,e[e.Unauthenticated=16]=`Unauthenticated`})(R||={});var Ba=()=>{throw Error(`JSON is left out`)},Va=()=>{throw Error(`JSON is left out`)};function Ha(e){let t=R[e];return typeof t==`string`?t[0].toLowerCase()+t.substring(1).replace(/[A-Z]/g,e=>`_`+e.toLowerCase()):e.toString()}var z=class e extends Error{constructor(e,t=R.Unknown,n,r,i){super(Ua(e,t)),this.name=`ConnectError`,this.isWireError=!1,Object.setPrototypeOf(this,new.target.prototype),this.rawMessage=e,this.code=t,this.metadata=new Headers(n??{}),this.details=r??[],this.cause=i}static from(t,n=R.Unknown){return t instanceof e?t:t instanceof Error?t.name==`AbortError`||t.name==`TimeoutError`?new e(t.message,R.Canceled):new e(t.message,n,void 0,void 0,t):new e(String(t),n,void 0,void 0,t)}static[Symbol.hasInstance](t){return t instanceof Error?Object.getPrototypeOf(t)===e.prototype||t.name===`ConnectError`&&`code`in t&&typeof t.code==`number`&&`metadata`in t&&`details`in t&&Array.isArray(t.details)&&`rawMessage`in t&&typeof t.rawMessage==`string`&&`cause`in t:!1}findDetails(e){let t=e.kind===`message`?{getMessage:t=>t===e.typeName?e:void 0}:e,n=[];for(let e of this.details){if(`desc`in e){t.getMessage(e.desc.typeName)&&n.push(Tn(e.desc,e.value));continue}let r=t.getMessage(e.type);if(r)try{n.push(mr(r,e.value))}catch{}}return n}};function Ua(e,t){return e.length?`[${Ha(t)}] ${e}`:`[${Ha(t)}]`}function Wa(e,t,n){try{let r=ln(e);return t?mr(t,r,n):r}catch(e){throw z.from(e,R.DataLoss)}}function Ga(e,t){let n={};for(let r of e.methods){let e=t(r);e!=null&&(n[r.localName]=e)}return n}function Ka(e,t,n=!1){if(t>e){let r=`message size is larger than configured readMaxBytes ${e}`;throw n&&(r=`message size ${t} is larger than configured readMaxBytes ${e}`),new z(r,R.ResourceExhausted)}}function qa(e){return new Ja(e)}var Ja=class{constructor(e){this.readMaxBytes=e,this.header=new Uint8Array(5),this.headerView=new DataView(this.header.buffer),this.buf=[]}get byteLength(){return this.buf.reduce((e,t)=>e+t.byteLength,0)}decode(e){this.buf.push(e);let t=[];for(;;){let e=this.pop();if(!e)break;t.push(e)}return t}pop(){if(!(!this.env&&(this.env=this.head(),!this.env))&&this.cons(this.env.data)){let e=this.env;return this.env=void 0,e}}head(){if(!this.cons(this.header))return;let e=this.headerView.getUint8(0),t=this.headerView.getUint32(1);return Ka(this.readMaxBytes,t,!0),{flags:e,data:new Uint8Array(t)}}cons(e){let t=e.byteLength;if(this.byteLength<t)return!1;let n=0;for(;n<t;){let r=this.buf.shift();r.byteLength>t-n?(e.set(r.subarray(0,t-n),n),this.buf.unshift(r.subarray(t-n)),n+=t-n):(e.set(r,n),n+=r.byteLength)}return!0}};function Ya(e){let t,n=qa(4294967295);return new ReadableStream({start(){t=e.getReader()},async pull(e){let r=!1;for(;!r;){let i=await t.read();if(i.done)n.byteLength>0&&e.error(new z(`protocol error: incomplete envelope`,R.InvalidArgument)),e.close();else for(let t of n.decode(i.value))e.enqueue(t),r=!0}}})}function Xa(e,t){let n=new Uint8Array(t.length+5);n.set(t,5);let r=new DataView(n.buffer,n.byteOffset,n.byteLength);return r.setUint8(0,e),r.setUint32(1,t.length),n}var Za=function(e){if(!Symbol.asyncIterator)throw TypeError(`Symbol.asyncIterator is not defined.`);var t=e[Symbol.asyncIterator],n;return t?t.call(e):(e=typeof __values==`function`?__values(e):e[Symbol.iterator](),n={},r(`next`),r(`throw`),r(`return`),n[Symbol.asyncIterator]=function(){return this},n);function r(t){n[t]=e[t]&&function(n){return new Promise(function(r,a){n=e[t](n),i(r,a,n.done,n.value)})}}function i(e,t,n,r){Promise.resolve(r).then(function(t){e({value:t,done:n})},t)}},Qa=function(e){return this instanceof Qa?(this.v=e,this):new Qa(e)},$a=function(e,t,n){if(!Symbol.asyncIterator)throw TypeError(`Symbol.asyncIterator is not defined.`);var r=n.apply(e,t||[]),i,a=[];return i=Object.create((typeof AsyncIterator==`function`?AsyncIterator:Object).prototype),s(`next`),s(`throw`),s(`return`,o),i[Symbol.asyncIterator]=function(){return this},i;function o(e){return function(t){return Promise.resolve(t).then(e,d)}}function s(e,t){r[e]&&(i[e]=function(t){return new Promise(function(n,r){a.push([e,t,n,r])>1||c(e,t)})},t&&(i[e]=t(i[e])))}function c(e,t){try{l(r[e](t))}catch(e){f(a[0][3],e)}}function l(e){e.value instanceof Qa?Promise.resolve(e.value.v).then(u,d):f(a[0][2],e)}function u(e){c(`next`,e)}function d(e){c(`throw`,e)}function f(e,t){e(t),a.shift(),a.length&&c(a[0][0],a[0][1])}},eo=function(e){var t={},n;return r(`next`),r(`throw`,function(e){throw e}),r(`return`),t[Symbol.iterator]=function(){return this},t;function r(r,i){t[r]=e[r]?function(t){return(n=!n)?{value:Qa(e[r](t)),done:!1}:i?i(t):t}:i}};function to(e){return $a(this,arguments,function*(){yield Qa(yield*eo(Za(e)))})}var no=function(e){if(!Symbol.asyncIterator)throw TypeError(`Symbol.asyncIterator is not defined.`);var t=e[Symbol.asyncIterator],n;return t?t.call(e):(e=typeof __values==`function`?__values(e):e[Symbol.iterator](),n={},r(`next`),r(`throw`),r(`return`),n[Symbol.asyncIterator]=function(){return this},n);function r(t){n[t]=e[t]&&function(n){return new Promise(function(r,a){n=e[t](n),i(r,a,n.done,n.value)})}}function i(e,t,n,r){Promise.resolve(r).then(function(t){e({value:t,done:n})},t)}},ro=function(e){return this instanceof ro?(this.v=e,this):new ro(e)},io=function(e){var t={},n;return r(`next`),r(`throw`,function(e){throw e}),r(`return`),t[Symbol.iterator]=function(){return this},t;function r(r,i){t[r]=e[r]?function(t){return(n=!n)?{value:ro(e[r](t)),done:!1}:i?i(t):t}:i}},ao=function(e,t,n){if(!Symbol.asyncIterator)throw TypeError(`Symbol.asyncIterator is not defined.`);var r=n.apply(e,t||[]),i,a=[];return i=Object.create((typeof AsyncIterator==`function`?AsyncIterator:Object).prototype),s(`next`),s(`throw`),s(`return`,o),i[Symbol.asyncIterator]=function(){return this},i;function o(e){return function(t){return Promise.resolve(t).then(e,d)}}function s(e,t){r[e]&&(i[e]=function(t){return new Promise(function(n,r){a.push([e,t,n,r])>1||c(e,t)})},t&&(i[e]=t(i[e])))}function c(e,t){try{l(r[e](t))}catch(e){f(a[0][3],e)}}function l(e){e.value instanceof ro?Promise.resolve(e.value.v).then(u,d):f(a[0][2],e)}function u(e){c(`next`,e)}function d(e){c(`throw`,e)}function f(e,t){e(t),a.shift(),a.length&&c(a[0][0],a[0][1])}};function oo(e,t){return Ga(e,e=>{switch(e.methodKind){case`unary`:return so(t,e);case`server_streaming`:return co(t,e);case`client_streaming`:return lo(t,e);case`bidi_streaming`:return uo(t,e);default:return null}})}function so(e,t){return async(n,r)=>{var i,a;let o=await e.unary(t,r?.signal,r?.timeoutMs,r?.headers,n,r?.contextValues);return(i=r?.onHeader)==null||i.call(r,o.header),(a=r?.onTrailer)==null||a.call(r,o.trailer),o.message}}function co(e,t){return(n,r)=>fo(e.stream(t,r?.signal,r?.timeoutMs,r?.headers,to([n]),r?.contextValues),r)}function lo(e,t){return async(n,r)=>{var i,a,o,s,c,l;let u=await e.stream(t,r?.signal,r?.timeoutMs,r?.headers,n,r?.contextValues);(c=r?.onHeader)==null||c.call(r,u.header);let d,f=0;try{for(var p=!0,m=no(u.message),h;h=await m.next(),i=h.done,!i;p=!0)s=h.value,p=!1,d=s,f++}catch(e){a={error:e}}finally{try{!p&&!i&&(o=m.return)&&await o.call(m)}finally{if(a)throw a.error}}if(!d)throw new z(`protocol error: missing response message`,R.Unimplemented);if(f>1)throw new z(`protocol error: received extra messages for client streaming method`,R.Unimplemented);return(l=r?.onTrailer)==null||l.call(r,u.trailer),d}}function uo(e,t){return(n,r)=>fo(e.stream(t,r?.signal,r?.timeoutMs,r?.headers,n,r?.contextValues),r)}function fo(e,t){let n=(function(){return ao(this,arguments,function*(){var n,r;let i=yield ro(e);(n=t?.onHeader)==null||n.call(t,i.header),yield ro(yield*io(no(i.message))),(r=t?.onTrailer)==null||r.call(t,i.trailer)})})()[Symbol.asyncIterator]();return{[Symbol.asyncIterator]:()=>({next:()=>n.next()})}}function po(...e){let t=new AbortController,n=e.filter(e=>e!==void 0).concat(t.signal);for(let e of n){if(e.aborted){r.apply(e);break}e.addEventListener(`abort`,r)}function r(){t.signal.aborted||t.abort(ho(this));for(let e of n)e.removeEventListener(`abort`,r)}return t}function mo(e){let t=new AbortController,n=()=>{t.abort(new z(`the operation timed out`,R.DeadlineExceeded))},r;return e!==void 0&&(e<=0?n():r=setTimeout(n,e)),{signal:t.signal,cleanup:()=>clearTimeout(r)}}function ho(e){if(!e.aborted)return;if(e.reason!==void 0)return e.reason;let t=Error(`This operation was aborted`);return t.name=`AbortError`,t}function go(){return{get(e){return e.id in this?this[e.id]:e.defaultValue},set(e,t){return this[e.id]=t,this},delete(e){return delete this[e.id],this}}}function _o(e){let t=new Headers,n=new TextDecoder().decode(e).split(`\r
`);for(let e of n){if(e===``)continue;let n=e.indexOf(`:`);if(n>0){let r=e.substring(0,n).trim(),i=e.substring(n+1).trim();t.append(r,i)}}return t}var vo=`Content-Type`,yo=`Grpc-Timeout`,bo=`Grpc-Status`,xo=`Grpc-Status-Details-Bin`,So=`User-Agent`,Co=`X-User-Agent`,wo=`X-Grpc-Web`,To=`application/grpc-web+proto`,Eo=`application/grpc-web+json`,Do=dr(D(btoa(`
\fstatus.proto
google.rpc"N
Status\f
code (
\x07message (	%
\x07details (\v2.google.protobuf.AnyB^
com.google.rpcB\vStatusProtoPZ7google.golang.org/genproto/googleapis/rpc/status;status¢RPCbproto3`),[Pr]),0);function Oo(e){let t=e.get(xo);if(t!=null){let n=Wa(t,Do);if(n.code==0)return;let r=new z(n.message,n.code,e);return r.details=n.details.map(e=>({type:e.typeUrl.substring(e.typeUrl.lastIndexOf(`/`)+1),value:e.value})),r.isWireError=!0,r}let n=e.get(bo);if(n!=null){if(n===`0`)return;let t=parseInt(n,10),r;return r=t in R?new z(decodeURIComponent(e.get(`Grpc-Message`)??``),t,e):new z(`invalid grpc-status: ${n}`,R.Internal,e),r.isWireError=!0,r}}function ko(e,t){return e.toString().replace(/\/?$/,`/${t.parent.typeName}/${t.name}`)}function Ao(e,t){return Tn(e,t)}function jo(e,t){function n(t){return t.done===!0?t:{done:t.done,value:Ao(e,t.value)}}return{[Symbol.asyncIterator](){let e=t[Symbol.asyncIterator](),r={next:()=>e.next().then(n)};return e.throw!==void 0&&(r.throw=t=>e.throw(t).then(n)),e.return!==void 0&&(r.return=t=>e.return(t).then(n)),r}}}function Mo(e,t){if(!t)return e;for(let n of t.concat().reverse())e=n(e);return e}function No(e){let t=Object.assign({},e);return t.ignoreUnknownFields??=!0,t}function Po(e,t,n,r){let i=t?Fo(e.input,r):Io(e.input,n);return{parse:(t?Fo(e.output,r):Io(e.output,n)).parse,serialize:i.serialize}}function Fo(e,t){return{parse(n){try{return mr(e,n,t)}catch(e){throw new z(`parse binary: ${e instanceof Error?e.message:String(e)}`,R.Internal)}},serialize(n){try{return Xn(e,n,t)}catch(e){throw new z(`serialize binary: ${e instanceof Error?e.message:String(e)}`,R.Internal)}}}}function Io(e,t){let n=t?.textEncoder??new TextEncoder,r=t?.textDecoder??new TextDecoder,i=No(t);return{parse(t){try{return Va(e,r.decode(t),i)}catch(e){throw z.from(e,R.InvalidArgument)}},serialize(t){try{let r=Ba(e,t,i);return n.encode(r)}catch(e){throw z.from(e,R.Internal)}}}}function Lo(e){let t=Mo(e.next,e.interceptors),[n,r,i]=zo(e);return t(Object.assign(Object.assign({},e.req),{message:Ao(e.req.method.input,e.req.message),signal:n})).then(e=>(i(),e),r)}function Ro(e){let t=Mo(e.next,e.interceptors),[n,r,i]=zo(e),a=Object.assign(Object.assign({},e.req),{message:jo(e.req.method.input,e.req.message),signal:n}),o=!1;return n.addEventListener(`abort`,function(){var t,n;let r=e.req.message[Symbol.asyncIterator]();o||(t=r.throw)==null||t.call(r,this.reason).catch(()=>{}),(n=r.return)==null||n.call(r).catch(()=>{})}),t(a).then(e=>Object.assign(Object.assign({},e),{message:{[Symbol.asyncIterator](){let t=e.message[Symbol.asyncIterator]();return{next(){return!o&&n.aborted?r(ho(n)):t.next().then(e=>(e.done==1&&(o=!0,i()),e),r)}}}}}),r)}function zo(e){let{signal:t,cleanup:n}=mo(e.timeoutMs),r=po(e.signal,t);return[r.signal,function(e){let t=r.signal.aborted?z.from(ho(r.signal),R.Canceled):z.from(e);return r.abort(t),n(),Promise.reject(t)},function(){n(),r.abort()}]}function Bo(){try{new Headers}catch{throw Error(`connect-web requires the fetch API. Are you running on an old version of Node.js? Node.js is not supported in Connect for Web - please stay tuned for Connect for Node.`)}}function Vo(e,t){let n=Oo(e);if(n)throw t.forEach((e,t)=>{n.metadata.append(t,e)}),n;if(!t.has(`Grpc-Status`)&&!e.has(`Grpc-Status`))throw new z(`protocol error: missing status`,R.Internal)}function Ho(e,t,n,r){let i=new Headers(n??{});i.set(vo,e?To:Eo),i.set(wo,`1`);let a=i.get(`User-Agent`)??i.get(`X-User-Agent`)??`connect-es/2.2.0`;return i.set(Co,a),r&&i.set(So,a),t!==void 0&&i.set(yo,`${t}m`),i}function Uo(e){switch(e){case 400:return R.Internal;case 401:return R.Unauthenticated;case 403:return R.PermissionDenied;case 404:return R.Unimplemented;case 429:return R.Unavailable;case 502:return R.Unavailable;case 503:return R.Unavailable;case 504:return R.Unavailable;default:return R.Unknown}}function Wo(e,t){if(e>=200&&e<300)return{foundStatus:t.has(bo),headerError:Oo(t)};throw new z(decodeURIComponent(t.get(`Grpc-Message`)??`HTTP ${e}`),Uo(e),t)}var Go=function(e){return this instanceof Go?(this.v=e,this):new Go(e)},Ko=function(e,t,n){if(!Symbol.asyncIterator)throw TypeError(`Symbol.asyncIterator is not defined.`);var r=n.apply(e,t||[]),i,a=[];return i=Object.create((typeof AsyncIterator==`function`?AsyncIterator:Object).prototype),s(`next`),s(`throw`),s(`return`,o),i[Symbol.asyncIterator]=function(){return this},i;function o(e){return function(t){return Promise.resolve(t).then(e,d)}}function s(e,t){r[e]&&(i[e]=function(t){return new Promise(function(n,r){a.push([e,t,n,r])>1||c(e,t)})},t&&(i[e]=t(i[e])))}function c(e,t){try{l(r[e](t))}catch(e){f(a[0][3],e)}}function l(e){e.value instanceof Go?Promise.resolve(e.value.v).then(u,d):f(a[0][2],e)}function u(e){c(`next`,e)}function d(e){c(`throw`,e)}function f(e,t){e(t),a.shift(),a.length&&c(a[0][0],a[0][1])}},qo={redirect:`error`};function Jo(e){Bo();let t=e.useBinaryFormat??!0;return{async unary(n,r,i,a,o,s){let{serialize:c,parse:l}=Po(n,t,e.jsonOptions,e.binaryOptions);return i=i===void 0?e.defaultTimeoutMs:i<=0?void 0:i,await Lo({interceptors:e.interceptors,signal:r,timeoutMs:i,req:{stream:!1,service:n.parent,method:n,requestMethod:`POST`,url:ko(e.baseUrl,n),header:Ho(t,i,a,!1),contextValues:s??go(),message:o},next:async t=>{let r=await(e.fetch??globalThis.fetch)(t.url,Object.assign(Object.assign({},qo),{method:t.requestMethod,headers:t.header,signal:t.signal,body:Xa(0,c(t.message))})),{headerError:i}=Wo(r.status,r.headers);if(!r.body)throw i===void 0?`missing response body`:i;let a=Ya(r.body).getReader(),o,s;for(;;){let e=await a.read();if(e.done)break;let{flags:t,data:n}=e.value;if((t&1)==1)throw new z(`protocol error: received unsupported compressed output`,R.Internal);if(t===128){if(o!==void 0)throw`extra trailer`;o=_o(n)}else{if(s!==void 0)throw new z(`extra message`,R.Unimplemented);s=l(n)}}if(o===void 0)throw i===void 0?new z(`missing trailer`,r.headers.has(`Grpc-Status`)?R.Unimplemented:R.Unknown):i;if(Vo(o,r.headers),s===void 0)throw new z(`missing message`,o.has(`Grpc-Status`)?R.Unimplemented:R.Unknown);return{stream:!1,service:n.parent,method:n,header:r.headers,message:s,trailer:o}}})},async stream(n,r,i,a,o,s){let{serialize:c,parse:l}=Po(n,t,e.jsonOptions,e.binaryOptions);function u(e,t,n,r,i){return Ko(this,arguments,function*(){let a=Ya(e).getReader();if(t){if(!(yield Go(a.read())).done)throw`extra data for trailers-only`;return yield Go(void 0)}let o=!1;for(;;){let e=yield Go(a.read());if(e.done)break;let{flags:t,data:i}=e.value;if((t&128)==128){if(o)throw`extra trailer`;o=!0;let e=_o(i);Vo(e,r),e.forEach((e,t)=>n.set(t,e))}else{if(o)throw`extra message`;yield yield Go(l(i))}}if(`throwIfAborted`in i&&i.throwIfAborted(),!o)throw`missing trailer`})}async function d(e){if(n.methodKind!=`server_streaming`)throw`The fetch API does not support streaming request bodies`;let t=await e[Symbol.asyncIterator]().next();if(t.done==1)throw`missing request message`;return Xa(0,c(t.value))}return i=i===void 0?e.defaultTimeoutMs:i<=0?void 0:i,Ro({interceptors:e.interceptors,signal:r,timeoutMs:i,req:{stream:!0,service:n.parent,method:n,requestMethod:`POST`,url:ko(e.baseUrl,n),header:Ho(t,i,a,!1),contextValues:s??go(),message:o},next:async t=>{let n=await(e.fetch??globalThis.fetch)(t.url,Object.assign(Object.assign({},qo),{method:t.requestMethod,headers:t.header,signal:t.signal,body:await d(t.message)})),{foundStatus:r,headerError:i}=Wo(n.status,n.headers);if(i!=null)throw i;if(!n.body)throw`missing response body`;let a=new Headers;return Object.assign(Object.assign({},t),{header:n.headers,trailer:a,message:u(n.body,r,a,n.headers,t.signal)})}})}}}var Yo=1e4;function Xo(e,t=()=>{}){let n=Jo({baseUrl:location.origin,interceptors:[n=>async r=>{r.header.set(`authorization`,`Bearer ${e}`);try{return await n(r)}catch(e){throw t(e),e}}],defaultTimeoutMs:Yo});return{account:oo($i,n),backtest:oo(Na,n),market:oo(Sa,n),order:oo(ya,n),position:oo(Ia,n),risk:oo(ma,n),signal:oo(wa,n),stream:oo(za,n),system:oo(Br,n),trade:oo(Da,n)}}var Zo=D(btoa(`
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
\vdescription (	bproto3`),[Nr]),Qo=dr(Zo,0),$o=dr(Zo,1),es=dr(Zo,2),ts=/^(-?)(\d+)(\.\d+)?$/,ns=e=>e.replace(/\B(?=(\d{3})+$)/g,`,`);function B(e){let t=ts.exec(e??``);return t?`${t[1]?`−`:``}${ns(t[2])}${t[3]??``}`:e||`–`}function V(e){let t=B(e);return t===`–`?t:t.startsWith(`−`)?`−$${t.slice(1)}`:`$${t}`}function rs(e){let t=V(e);return is(e)>0?`+${t}`:t}function is(e){return!e||!/[1-9]/.test(e)?0:e.startsWith(`-`)?-1:1}function as(e){let t=typeof e==`number`?Math.sign(e):is(e);return t>0?`good`:t<0?`bad`:``}var os=`America/New_York`,ss=e=>new Intl.DateTimeFormat(`en-CA`,{timeZone:os,hourCycle:`h23`,...e}),cs=ss({hour:`2-digit`,minute:`2-digit`,second:`2-digit`}),ls=ss({hour:`2-digit`,minute:`2-digit`}),us=ss({year:`numeric`,month:`2-digit`,day:`2-digit`}),ds=ss({month:`short`,day:`2-digit`});function H(e){return e&&Number(e.seconds)*1e3+Math.floor(e.nanos/1e6)}function fs(e){return e&&Number(e.seconds)+e.nanos/1e9}var ps=(e,t)=>{let n=H(e);return n===void 0?`–`:t(new Date(n))},ms=e=>ps(e,e=>cs.format(e)),hs=e=>ps(e,e=>us.format(e)),gs=e=>ps(e,e=>`${ds.format(e).replace(`.`,``)} ${ls.format(e)}`),_s=e=>ps(e,e=>`${us.format(e)} ${cs.format(e)}`);function U(e){if(e===void 0||!Number.isFinite(e))return`–`;if(e<10)return`${Math.max(e,0).toFixed(1)}s`;let t=Math.floor(e),n=e=>String(Math.floor(e)).padStart(2,`0`);return t<60?`${t}s`:t<3600?`${Math.floor(t/60)}m${n(t%60)}s`:t<86400?`${Math.floor(t/3600)}h${n(t%3600/60)}m`:`${Math.floor(t/86400)}d${n(t%86400/3600)}h`}function vs(e){let t=z.from(e),n=t.findDetails(Qo)[0],r=t.findDetails(es)[0]?.fieldViolations??[];return{code:t.code,reason:n?.reason??``,text:n?t.rawMessage:ys(t),fields:Object.fromEntries(r.map(({field:e,description:t})=>[e,t])),metadata:n?.metadata??{},retryS:fs(t.findDetails($o)[0]?.retryDelay)??0,decision:t.findDetails(da)[0]}}function ys(e){return e.code===R.Unavailable||/failed to fetch|network ?error|load failed/i.test(e.message)||e.code===R.Unknown?`the daemon does not answer`:e.code===R.DeadlineExceeded?`the daemon did not answer in time`:e.rawMessage}var bs=e=>e.reason===`TOKEN_INVALID`||e.reason===`TOKEN_MISSING`||e.code===R.Unauthenticated,xs=e=>e.reason===``&&[R.Unavailable,R.DeadlineExceeded,R.Unknown,R.Canceled].includes(e.code),Ss=3e4,Cs=class{seen;resting=new AbortController;timer;wakers=[];constructor(e){this.seen=e,e.addEventListener(`visibilitychange`,()=>this.look()),this.look()}get rest(){return this.resting.signal}awake(e){return this.rest.aborted?new Promise(t=>{this.wakers.push(t),e.addEventListener(`abort`,()=>t(),{once:!0})}):Promise.resolve()}look(){if(clearTimeout(this.timer),this.seen.visibilityState===`hidden`)this.timer=setTimeout(()=>this.resting.abort(),Ss);else if(this.rest.aborted){this.resting=new AbortController;for(let e of this.wakers.splice(0))e()}}},ws=12e3,Ts={phase:`connecting`,sinceMs:0,heardMs:void 0,why:``,losses:0};function Es(e,t){return e.phase===`live`?{...e,heardMs:t}:{...e,phase:`live`,sinceMs:t,heardMs:t,why:``}}function Ds(e,t,n){return e.phase===`lost`?{...e,why:n}:e.heardMs===void 0?{...e,phase:`connecting`,why:n}:{...e,phase:`lost`,sinceMs:t,why:n,losses:e.losses+1}}var Os=(e,t)=>({...e,phase:`paused`,sinceMs:t,why:``}),ks=(e,t)=>e.heardMs===void 0?void 0:Math.max(t-e.heardMs,0);function As(e,t){let n=ks(e,t);return n===void 0||e.phase!==`live`||n>=12e3?`stale`:n>=7e3?`late`:`fresh`}function js(e,t){let n=ks(e,t);return n===void 0||n>6e4?`offline`:n>3e4?`delayed`:`active`}var Ms=e=>({epoch:e.epoch,seq:e.seq,part:e.part}),Ns=(e,t)=>e!==void 0&&t.kind!==ta.SNAPSHOT&&(t.epoch!==e.epoch||t.prevSeq!==e.seq),Ps=1e8,Fs=100,Is=2e3;function Ls(e){let t=e&&{epoch:e.epoch,fromSeq:e.seq,part:e.part};return Tn(Ra,{minInterval:{seconds:0n,nanos:Ps},...t})}async function Rs(e,t,n,r){let i,a=Fs;for(;!n.aborted;){await r.awake(n);let o=i,{rest:s}=r;try{for await(let r of Bs(e,Ls(i),AbortSignal.any([n,s]))){if(Ns(i,r))throw new zs;i=Ms(r),a=Fs,t.heard(),t.message(r)}throw new z(`the daemon ended the stream`,R.Unavailable)}catch(e){if(n.aborted)return;if(s.aborted){t.rested();continue}e instanceof zs&&i===o&&(i=void 0);let r=vs(e);if(bs(r))return t.denied(r);r.code===R.InvalidArgument&&(i=void 0),t.lost(r),await Vs(r.retryS*1e3+a*(.5+Math.random()/2),n),a=Math.min(2*a,Is)}}}var zs=class extends Error{constructor(){super(`something was missed on the way; it is fetched again`)}};async function*Bs(e,t,n){let r=new AbortController,i=()=>r.abort();n.addEventListener(`abort`,i,{once:!0});let a=!1,o=0,s=()=>{clearTimeout(o),o=window.setTimeout(()=>{a=!0,r.abort()},ws)};try{s();for await(let n of e(t,r.signal))s(),yield n}catch(e){throw a?new z(`no word from the daemon`,R.Unavailable):e}finally{clearTimeout(o),n.removeEventListener(`abort`,i),r.abort()}}var Vs=(e,t)=>new Promise(n=>{let r=()=>{clearTimeout(i),t.removeEventListener(`abort`,r),n()},i=setTimeout(r,e);t.addEventListener(`abort`,r,{once:!0})}),Hs=250,Us=class{take;waiting=[];frame=0;timer=0;constructor(e){this.take=e}push(e){this.waiting.push(e),this.waiting.length>1||(this.frame=requestAnimationFrame(this.flush),this.timer=window.setTimeout(this.flush,Hs))}flush=()=>{cancelAnimationFrame(this.frame),clearTimeout(this.timer);let e=this.waiting;this.waiting=[],e.length&&this.take(e)}},Ws=e=>e!==void 0&&Number.isFinite(e),Gs=new Map;function Ks(e,t){let n=Gs.get(t);return n||(n=new Intl.NumberFormat(`en-US`,{minimumFractionDigits:t,maximumFractionDigits:t}),Gs.set(t,n)),n.format(e).replace(`-`,`−`)}function W(e){return Ws(e)?Ks(e,Math.abs(e)>=1||e===0?2:4):`–`}function G(e,t=2){return Ws(e)?Ks(e,t):`–`}function K(e,t=2){return Ws(e)?`${Ks(e,t)}%`:`–`}function qs(e,t=2){let n=K(e,t);return Ws(e)&&e>0&&/[1-9]/.test(n)?`+${n}`:n}function Js(e){if(!Ws(e))return`–`;let t=Math.abs(e);return Ks(e,t>=1e4||Number.isInteger(e)?0:t>=1?2:4)}function q(e){return e===void 0?`–`:Ks(Number(e),0)}function Ys(e,t){return`${q(e)} ${t}${Number(e)===1?``:`s`}`}var J=(e,t=`–`)=>n=>{let r=n===void 0?void 0:e[n];return{text:r?.[0]??t,tone:r?.[1]??``}},Xs=J({[Ir.PAPER]:[`PAPER`,`accent`],[Ir.LIVE]:[`LIVE`,`bad`],[Ir.DEMO]:[`DEMO`,`warn`]}),Zs=J({[Lr.STARTING]:[`starting`,`warn`],[Lr.WARMING]:[`warming`,`warn`],[Lr.ACTIVE]:[`active`,`good`],[Lr.DEGRADED]:[`degraded`,`warn`],[Lr.HALTED]:[`halted`,`bad`],[Lr.STOPPING]:[`stopping`,`bad`]}),Qs=J({[Rr.CLOSED]:[`closed`,`dim`],[Rr.PRE_MARKET]:[`pre-market`,`dim`],[Rr.REGULAR]:[`open`,`good`],[Rr.AFTER_HOURS]:[`after hours`,`dim`]}),$s=J({[zr.INFO]:[`info`,`dim`],[zr.WARNING]:[`warning`,`warn`],[zr.CRITICAL]:[`critical`,`bad`]}),ec=J({[sa.STRONG_TREND]:[`trend`,`accent`],[sa.MEAN_REVERSION]:[`range`,`warn`],[sa.NEUTRAL]:[`neutral`,`dim`]}),tc=J({[oa.TREND]:[`trend`],[oa.MEAN_REVERSION]:[`mean reversion`],[oa.MANUAL]:[`manual`]});ca.LOW,ca.NORMAL,ca.HIGH;var nc=J({[aa.LONG]:[`long`,`good`],[aa.SHORT]:[`short`,`bad`]}),rc=J({[ia.BUY]:[`buy`,`good`],[ia.SELL]:[`sell`,`bad`]}),ic=J({[Fa.BROKER_STOP]:[`broker stop`,`good`],[Fa.DAEMON_WATCHING]:[`daemon watches`,`warn`],[Fa.UNPROTECTED]:[`UNPROTECTED`,`bad`]}),ac=J({[I.NEW]:[`new`],[I.SUBMITTING]:[`submitting`],[I.PENDING]:[`working`,`accent`],[I.PARTIALLY_FILLED]:[`part filled`,`accent`],[I.CANCELING]:[`canceling`,`warn`],[I.REPLACING]:[`replacing`,`warn`],[I.FILLED]:[`filled`,`good`],[I.CANCELED]:[`canceled`,`dim`],[I.EXPIRED]:[`expired`,`dim`],[I.REJECTED]:[`rejected`,`bad`],[I.UNKNOWN]:[`UNKNOWN`,`bad`],[I.NOT_RECEIVED]:[`not received`,`bad`],[I.REPLACED]:[`replaced`,`dim`]}),oc=J({[va.ENTRY]:[`entry`],[va.EXIT]:[`exit`],[va.STOP]:[`stop`],[va.FOREIGN_STOP]:[`foreign stop`,`warn`]}),sc=J({[ga.MARKET]:[`market`],[ga.LIMIT]:[`limit`],[ga.STOP]:[`stop`]}),cc=J({[_a.DAY]:[`day`],[_a.GTC]:[`until canceled`]}),lc=J({[L.NONE]:[`no signal`,`dim`],[L.LONG]:[`long`,`good`],[L.SHORT]:[`short`,`bad`],[L.EXIT_LONG]:[`exit long`],[L.EXIT_SHORT]:[`exit short`]}),uc=J({[la.PASSED]:[`passed`,`good`],[la.FAILED]:[`failed`,`bad`],[la.NOT_APPLICABLE]:[`n/a`,`dim`]}),dc=J({[fa.APPROVED]:[`approved`,`good`],[fa.APPROVED_WITH_ADJUSTMENT]:[`approved, smaller`,`warn`],[fa.REJECTED]:[`rejected`,`bad`]}),fc=J({[pa.NORMAL]:[`normal`,`good`],[pa.REDUCED]:[`reduced`,`warn`],[pa.DISABLED]:[`disabled`,`bad`]});xa.WARMING,xa.ACTIVE,xa.DISABLED,xa.HALTED,xa.FROZEN,xa.NOT_TRADABLE;var pc=J({[O.READ]:[`read-only`,`dim`],[O.TRADE]:[`trade`],[O.ADMIN]:[`admin`]}),mc=new Set([I.REJECTED,I.UNKNOWN,I.NOT_RECEIVED]);function hc(e){let t=mc.has(e.state),n=[...new Set([oc(e.role).text,sc(e.type).text])].join(` `),r=e.filledQuantity?` ${q(e.filledQuantity)}`:``,i=e.averageFillPrice?` at ${V(e.averageFillPrice)}`:``,a=t&&e.reason?` (${e.reason})`:``,o=e.lastEvent.replaceAll(`_`,` `);return{timeMs:H(e.updatedAt)??0,kind:`order`,symbol:e.symbol,text:`${rc(e.side).text} ${q(e.quantity)} ${n}: ${o}${r}${i}${a}`,tone:t?`bad`:e.state===I.FILLED?`good`:``}}function gc(e){let t=`${lc(e.kind).text} ${tc(e.mode).text} at $${W(e.price)}`;return{timeMs:H(e.decidedAt)??0,kind:`signal`,symbol:e.symbol,text:`${t}: ${e.outcomeText||e.outcome.replaceAll(`_`,` `)}`,tone:e.outcome===`ordered`?`accent`:`dim`}}function _c(e){let t=e.acknowledgedAt!==void 0;return{timeMs:H(t?e.acknowledgedAt:e.lastRaisedAt)??0,kind:`alert`,symbol:e.symbol,text:`${t?`acknowledged by ${e.acknowledgedBy||`somebody`}: `:``}${e.code}: ${e.text}`,tone:t||e.severity===zr.INFO?`dim`:$s(e.severity).tone}}function vc(e,t,n){let r=t?.quantity??0n,i=(t,r)=>({timeMs:n,kind:`position`,symbol:e.symbol,text:t,tone:r}),a=nc(e.quantity?e.side:t?.side).text;if(e.quantity===r){if(!t||e.protection===t.protection)return;let n=e.protection===Fa.BROKER_STOP;return i(`guard: ${ic(e.protection).text}`,n?`good`:`warn`)}if(!e.quantity){let t=V(e.realizedPnl);return i(`closed, ${q(r)} ${a}; realized ${t}`,as(e.realizedPnl))}return i(`${r?`${q(r)} → ${q(e.quantity)}`:`opened`}: ${a} ${q(e.quantity)} at ${V(e.averagePrice)}`,`accent`)}var yc=class{cells=new Map;order=N([]);moved=N(0);get keys(){return this.order}get changes(){return this.moved}get size(){return this.order.value.length}one(e){return this.cell(e)}peek(e){return this.cells.get(e)?.peek()}get all(){return this.moved.value,this.order.value.map(e=>this.cells.get(e)?.peek())}put(e){let t=[],n=!1;for(let[r,i]of e){let e=this.cell(r);e.peek()===void 0&&t.push(r),e.value=i,n=!0}t.length&&(this.order.value=[...this.order.peek(),...new Set(t)]),n&&(this.moved.value=this.moved.peek()+1)}putLast(e){if(!e.length)return;let t=[...new Map(e.map(([e])=>[e,0])).keys()],n=new Set(t);for(let[t,n]of e)this.cell(t).value=n;this.order.value=[...this.order.peek().filter(e=>!n.has(e)),...t],this.moved.value=this.moved.peek()+1}putBehind(e){let t=e.filter(([e])=>this.peek(e)===void 0);if(t.length){for(let[e,n]of t)this.cell(e).value=n;this.order.value=[...t.map(([e])=>e),...this.order.peek()],this.moved.value=this.moved.peek()+1}}drop(e){let t=new Set;for(let n of e){let e=this.cells.get(n);e?.peek()!==void 0&&(e.value=void 0,t.add(n))}if(t.size){this.order.value=this.order.peek().filter(e=>!t.has(e)),this.moved.value=this.moved.peek()+1;for(let e of t)this.cells.delete(e)}}clear(){this.drop(this.order.peek())}cell(e){let t=this.cells.get(e);return t||(t=N(void 0),this.cells.set(e,t)),t}},bc=500,xc=class{prices=new yc;bars=new yc;indicators=new yc;positions=new yc;orders=new yc;signals=new yc;alerts=new yc;account=N(void 0);risk=N(void 0);status=N(void 0);asOfMs=N(0);second=P(()=>Math.floor(this.asOfMs.value/1e3)*1e3);loaded=N(!1);happenings=N([]);closed=N(0);renewals=N(0);entries=[];take(e){mi(()=>{for(let t of e)this.apply(t);this.entries.length&&(this.happenings.value=[...this.happenings.peek(),...this.entries].slice(-500),this.entries=[])})}tell(e){this.happenings.value=[...this.happenings.peek(),e].slice(-500)}reset(){mi(()=>{for(let e of[ra.PRICES,ra.BARS,ra.INDICATORS,ra.POSITIONS])this.forget(e);for(let e of[ra.ORDERS,ra.SIGNALS,ra.ALERTS])this.forget(e);this.account.value=this.risk.value=this.status.value=void 0,this.asOfMs.value=0,this.loaded.value=!1,this.happenings.value=[]})}apply(e){let t=e.kind===ta.SNAPSHOT;if(t){for(let t of e.snapshotTopics)this.forget(t);e.snapshotReason!==na.RESUMED&&(this.asOfMs.value=0,this.renewals.value=this.renewals.peek()+1)}this.asOfMs.value=Math.max(this.asOfMs.peek(),H(e.asOf)??0),this.loaded.value=!0,this.prices.put(e.prices.map(e=>[e.symbol,e])),this.bars.put(e.bars.map(e=>[e.symbol,e])),this.indicators.put(e.indicators.map(e=>[e.symbol,e])),this.takePositions(e.positions,!t),this.takeQueued(e,!t),this.account.value=e.accounts.at(-1)??this.account.peek(),this.risk.value=e.risks.at(-1)??this.risk.peek(),this.status.value=e.statuses.at(-1)??this.status.peek()}takePositions(e,t){for(let n of e){let e=this.positions.peek(n.symbol),r=t&&vc(n,e,this.asOfMs.peek());r&&this.entries.push(r),n.quantity?this.positions.put([[n.symbol,n]]):e&&(this.positions.drop([n.symbol]),this.closed.value=this.closed.peek()+1)}}takeQueued(e,t){this.orders.putLast(e.orders.map(e=>[e.id,e])),this.signals.putLast(e.signals.map(e=>[e.id,e])),this.alerts.putLast(e.alerts.map(e=>[e.id,e])),Sc(this.orders,e=>e.endedAt!==void 0),Sc(this.signals,()=>!0),Sc(this.alerts,e=>e.acknowledgedAt!==void 0),t&&this.entries.push(...e.orders.map(hc),...e.signals.map(gc),...e.alerts.map(_c))}forget(e){({[ra.PRICES]:this.prices,[ra.BARS]:this.bars,[ra.INDICATORS]:this.indicators,[ra.POSITIONS]:this.positions,[ra.ORDERS]:this.orders,[ra.SIGNALS]:this.signals,[ra.ALERTS]:this.alerts})[e]?.clear()}};function Sc(e,t){let n=e.keys.peek().length-bc;n<50||e.drop(e.keys.peek().filter(n=>t(e.peek(n))).slice(0,n))}var Cc=`fluxhero.token`,wc=`fluxhero.session`,Tc=150,Ec=class{channel=new BroadcastChannel(wc);token=sessionStorage.getItem(Cc)??``;constructor(e){this.channel.onmessage=({data:t})=>{`ask`in t&&this.token&&this.channel.postMessage({token:this.token}),`out`in t&&(this.forget(),e())}}async search(e){return this.token||await this.ask(e)}keep(e){this.token=e,sessionStorage.setItem(Cc,e)}signOut(){this.forget(),this.channel.postMessage({out:!0})}forget(){this.token=``,sessionStorage.removeItem(Cc)}ask(e){let t=new BroadcastChannel(wc);return new Promise(n=>{let r=n;setTimeout(()=>{r=e,n(``)},Tc),t.onmessage=({data:e})=>{`token`in e&&(t.close(),r(e.token))},t.postMessage({ask:!0})})}},Dc=[Ir.PAPER,Ir.DEMO],Y=new class{store=new xc;link=N(Ts);stage=N(`looking`);caller=N(void 0);notice=N(``);role=P(()=>this.caller.value?.role??O.READ);isLive=P(()=>this.store.status.value?.mode===Ir.LIVE);isReal=P(()=>!Dc.includes(this.store.status.value?.mode??Ir.UNSPECIFIED));frames=new Us(e=>this.store.take(e));keeper=new Ec(()=>this.leave(`You signed out in another tab.`));attention=new Cs(document);current;ending=new AbortController;get api(){if(!this.current)throw Error(`nobody is signed in`);return this.current}may(e){return this.role.value>=e}async begin(){let e=await this.keeper.search(e=>{this.stage.peek()===`out`&&this.enter(e)});e?this.enter(e):this.stage.value=`out`}async signIn(e){try{let{caller:t}=await Xo(e).system.getStatus({});this.caller.value=t,this.enter(e);return}catch(e){return vs(e)}}signOut(){this.keeper.signOut(),this.leave(``)}enter(e){this.keeper.keep(e),this.ending=new AbortController,this.current=Xo(e,e=>this.onFailure(e)),mi(()=>{this.link.value={...Ts,sinceMs:performance.now()},this.stage.value=`in`,this.notice.value=``}),this.listen(this.current,this.ending.signal)}leave(e){this.ending.abort(),this.frames.flush(),this.current=void 0,mi(()=>{this.store.reset(),this.caller.value=void 0,this.notice.value=e,this.stage.value=`out`})}async listen(e,t){this.identify(e),await Rs((t,n)=>e.stream.watch(t,{signal:n,timeoutMs:0}),{message:e=>this.frames.push(e),heard:()=>this.onHeard(e),lost:e=>this.onLost(e),rested:()=>{this.link.value=Os(this.link.peek(),performance.now())},denied:e=>this.onDenied(e)},t,this.attention)}async identify(e){try{let{caller:t}=await e.system.getStatus({});e===this.current&&(this.caller.value=t)}catch{}}onHeard(e){let t=this.link.peek();this.link.value=Es(t,performance.now()),t.phase===`lost`&&this.tell(`connected again`,`good`),(t.phase===`lost`||t.phase===`paused`)&&this.identify(e)}onLost(e){this.link.peek().phase===`live`&&this.tell(`connection lost: ${e.text}`,`bad`),this.link.value=Ds(this.link.peek(),performance.now(),e.text)}onFailure(e){let t=vs(e);bs(t)&&this.onDenied(t)}onDenied(e){this.stage.peek()===`in`&&(this.keeper.forget(),this.leave(`The daemon does not take this token: ${e.text}.`))}tell(e,t){this.store.tell({timeMs:this.store.asOfMs.peek(),kind:`link`,symbol:``,text:e,tone:t})}},Oc=new URL(`icon-WuwAYNB5.svg`,import.meta.url).href,kc=Symbol.for(`pv`),Ac=0;Array.isArray;function X(t,n,r,i,a,o){n||={};var s,c,l=n;if(`ref`in l&&typeof t!=`function`)for(c in l={},n)c==`ref`?s=n[c]:l[c]=n[c];var u={type:t,props:l,key:r,ref:s,__k:null,__:null,__b:0,__e:null,__c:null,constructor:kc,__v:--Ac,__i:-1,__u:0};return(a||o)&&(u.__source=a,u.__self=o),e.vnode&&e.vnode(u),u}function jc(){let e=F(``),t=F(!1),n=F(``),r=async r=>{r.preventDefault();let i=e.value.trim();if(!i){n.value=`Enter a token.`;return}t.value=!0;let a=await Y.signIn(i);t.value=!1,n.value=a?`${a.text}.`:``},i=n.value||Y.notice.value;return X(`main`,{class:`gate`,children:X(`form`,{onSubmit:r,children:[X(`h1`,{children:[X(`img`,{src:Oc,alt:``,width:30,height:30}),`FluxHero`]}),i&&X(`p`,{class:`note`,role:`alert`,children:i}),X(`div`,{class:`field`,children:[X(`label`,{for:`token`,children:`Token`}),X(`input`,{id:`token`,class:`input`,type:`password`,autocomplete:`current-password`,autofocus:!0,spellcheck:!1,placeholder:`fhx_…`,value:e.value,onInput:t=>{e.value=t.currentTarget.value}})]}),X(`button`,{type:`submit`,class:`button primary`,disabled:t.value,children:t.value?`Signing in …`:`Sign in`}),X(`p`,{class:`dim`,children:[`On the daemon's machine `,X(`code`,{children:`fluxherod token create --role read --name browser`}),` makes one; the first start left `,X(`code`,{children:`read.token`}),`, `,X(`code`,{children:`trade.token`}),` and `,X(`code`,{children:`admin.token`}),` in its state folder. This tab keeps it until it is closed.`]})]})})}var Mc=class extends x{state={error:``};static getDerivedStateFromError(e){return{error:e instanceof Error?e.message:String(e)}}componentDidCatch(e){console.error(e)}render(){return this.state.error?X(`div`,{class:`panel problem`,role:`alert`,children:[X(`h2`,{class:`bad`,children:[this.props.what,` can't be shown`]}),X(`p`,{children:this.state.error}),X(`p`,{class:`dim`,children:`This is a fault of the page, not of the daemon: it trades on, and the other views work.`}),X(`button`,{type:`button`,class:`button`,onClick:()=>this.setState({error:``}),children:`Show it again`})]}):this.props.children}},Nc={live:`M1.5 9h3l2-6 3.5 10 2-4h2.5`,chart:`M4 2v12M4 5H2.5v5H4M4 5h1.5v5H4M11.5 2v12M11.5 4H10v7h1.5M11.5 4H13v7h-1.5`,signals:`M8 13.5V9M4.5 6.5a5 5 0 0 1 7 0M2 4a8.5 8.5 0 0 1 12 0M8 9.5v0`,orders:`M3 3.5h10M3 8h10M3 12.5h6`,trades:`M2 5h9.5M9 2.5 11.5 5 9 7.5M14 11H4.5M7 8.5 4.5 11 7 13.5`,risk:`M8 1.5 13.5 4v4c0 3.2-2.3 5.5-5.5 6.5C4.8 13.5 2.5 11.2 2.5 8V4z`,backtest:`M2.5 8a5.5 5.5 0 1 0 1.7-4M2.5 2v2.8h2.8M8 5v3.2l2.2 1.3`,system:`M2 3h12v4H2zM2 9h12v4H2zM4.5 5h.01M4.5 11h.01`,sun:`M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.1 1.1M11.9 11.9 13 13M13 3l-1.1 1.1M4.1 11.9 3 13`,moon:`M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z`,out:`M6.5 2.5h-4v11h4M10 5l3 3-3 3M13 8H6`,close:`M3.5 3.5l9 9M12.5 3.5l-9 9`,key:`M10 2a4 4 0 1 1-3.4 6.1L2 12.7V14h2.5v-1.7h1.7v-1.7L7.9 9`};function Pc({name:e,size:t=16}){return X(`svg`,{width:t,height:t,viewBox:`0 0 16 16`,fill:`none`,stroke:`currentColor`,"stroke-width":`1.4`,"stroke-linecap":`round`,"stroke-linejoin":`round`,"aria-hidden":`true`,children:X(`path`,{d:Nc[e]})})}var Fc=N(void 0),Ic=0;function Lc(e){Ic+=1,Fc.value={id:Ic,content:e}}function Rc(){Fc.value=void 0}function zc(){ti(()=>Rc,[]);let e=Fc.value;return e?X(`div`,{children:e.content},e.id):null}function Bc({title:e,wide:t,children:n}){let r=ni(null);return ti(()=>{let e=document.activeElement;return r.current?.showModal(),()=>e instanceof HTMLElement&&e.focus()},[]),X(`dialog`,{ref:r,class:t?`dialog wide`:`dialog`,"aria-label":e,onClose:Rc,children:[X(`header`,{children:[X(`h2`,{children:e}),X(`button`,{type:`button`,class:`icon-button`,onClick:Rc,"aria-label":`close`,children:X(Pc,{name:`close`,size:12})})]}),n]})}var Vc=N(performance.now());setInterval(()=>{Vc.value=performance.now()},1e3);var Hc=()=>location.hash.replace(/^#\/?/,``).split(`/`).filter(Boolean).map(decodeURIComponent),Uc=N(Hc());addEventListener(`hashchange`,()=>{Uc.value=Hc()});var Wc=P(()=>Uc.value[0]??``),Gc=P(()=>Uc.value.slice(1)),Kc=(...e)=>`#/${e.map(encodeURIComponent).join(`/`)}`;function qc(...e){location.hash=Kc(...e)}function Z({title:e,count:t,tools:n,padded:r,reads:i,class:a=``,children:o}){return X(`section`,{class:`panel ${a}`,"aria-label":e,children:[X(`header`,{children:[X(`h2`,{children:e}),t!==void 0&&X(`span`,{class:`count`,children:t}),n&&X(`div`,{class:`tools`,children:n})]}),X(`div`,{class:r?`body padded`:`body scroll`,tabIndex:i?0:r?void 0:-1,children:o})]})}var Jc=({word:e})=>X(`span`,{class:e.tone,children:e.text}),Yc=({word:e})=>X(`span`,{class:`badge ${e.tone}`,children:e.text}),Xc=({amount:e})=>X(`span`,{class:as(e),children:rs(e)}),Zc=({value:e,digits:t})=>X(`span`,{class:as(e),children:qs(e,t)}),Qc=({word:e,up:t})=>X(`span`,{class:`side ${t?`up`:`down`} ${e.tone}`,children:e.text}),$c=({of:e})=>X(`a`,{class:`symbol`,href:Kc(`chart`,e),children:e});function el({part:e,tone:t}){return X(`div`,{class:`meter`,"aria-hidden":`true`,children:X(`span`,{class:t,style:{width:`${Math.round(Math.min(Math.max(e,0),1)*1e3)/10}%`}})})}var tl=({what:e})=>X(`p`,{class:`loading`,role:`status`,children:[`loading `,e,` …`]}),nl=({children:e})=>X(`p`,{class:`empty`,children:e});function rl({of:e}){return X(`dl`,{class:`facts`,children:e.map(([e,t])=>X(b,{children:[X(`dt`,{children:e},e),X(`dd`,{children:t},`${e}=`)]}))})}function il(e){let t=F(0),n=ri(()=>({value:N(void 0),failure:N(void 0),busy:N(!0)}),[]);return Xi(()=>{t.value;let r=new AbortController;return n.busy.value=!0,e(r.signal).then(e=>{r.signal.aborted||(n.value.value=e,n.failure.value=void 0,n.busy.value=!1)}).catch(e=>{r.signal.aborted||(n.failure.value=vs(e),n.busy.value=!1)}),()=>r.abort()}),{...n,again:()=>{t.value+=1}}}function al({asked:e,what:t,children:n}){let r=e.value.value,i=e.failure.value;return X(b,{children:[i&&X(`div`,{class:`problem`,role:`alert`,children:[X(`p`,{class:`bad`,children:[t,`: `,i.text]}),X(`button`,{type:`button`,class:`button small`,onClick:e.again,children:`Try again`})]}),r===void 0?!i&&X(tl,{what:t}):n(r)]})}function ol(e){let t=F([]),n=F(!1),r=F(void 0),i=il(t=>e(``,t)),a=F(void 0),o=i.value.value;a.peek()!==o&&(a.value=o,t.value=[]);let s=o?[o,...t.value]:[],c=s.at(-1);return{first:i,items:s.flatMap(e=>e.items),hasMore:!!c?.next,busy:n,failure:r,more:async()=>{if(c?.next&&!n.peek()){n.value=!0;try{let n=await e(c.next);a.peek()===o&&(t.value=[...t.peek(),n]),r.value=void 0}catch(e){r.value=vs(e)}n.value=!1}}}}function sl({of:e}){return e.hasMore?X(`p`,{class:`empty`,children:[e.failure.value&&X(`span`,{class:`bad`,children:[e.failure.value.text,` `]}),X(`button`,{type:`button`,class:`button small`,disabled:e.busy.value,onClick:()=>void e.more(),children:e.busy.value?`Loading …`:`Load more`})]}):null}function cl({label:e,columns:t,keys:n,row:r,open:i,selected:a}){let o=F(void 0),s=ul(n,r,t,o.value);return X(`table`,{class:`table`,"aria-label":e,children:[X(`thead`,{children:X(`tr`,{children:t.map((e,t)=>X(ml,{column:e,number:t,order:o},e.title))})}),X(`tbody`,{children:s.map(e=>X(hl,{id:e,source:r(e),columns:t,open:i,selected:e===a},e))})]})}function ll(e){let{list:t,id:n,...r}=e,i=ri(()=>new Map(t.map(e=>[n(e),{value:e,peek:()=>e}])),[t]),a=e=>i.get(e);return X(cl,{...r,keys:[...i.keys()],row:a})}function ul(e,t,n,r){let i=r&&n[r.column]?.sort;if(!i)return e;let a=r.down?-1:1,o=new Map(e.map(e=>[e,dl(t(e).value,i)]));return[...e].sort((e,t)=>a*fl(o.get(e),o.get(t)))}var dl=(e,t)=>e===void 0?``:t(e);function fl(e,t){return typeof e==`number`&&typeof t==`number`?e-t:String(e).localeCompare(String(t))}var pl=e=>[e.right&&`right`,e.grow&&`grow`,e.from&&`from-${e.from}`].filter(Boolean).join(` `);function ml({column:e,number:t,order:n}){let r=n.value?.column===t?n.value:void 0,i=()=>{n.value=r?r.down?{column:t,down:!1}:void 0:{column:t,down:!0}},a=r&&(r.down?`descending`:`ascending`);return X(`th`,{scope:`col`,class:pl(e),"aria-sort":a,children:e.sort?X(`button`,{type:`button`,onClick:i,children:[e.title,r?r.down?` ↓`:` ↑`:``]}):X(`span`,{class:e.untitled?`hidden`:void 0,children:e.title})})}function hl({id:e,source:t,columns:n,open:r,selected:i}){let a=t.value;if(a===void 0)return null;let o=n.map((t,n)=>X(`td`,{class:pl(t),children:r&&n===0?X(`button`,{type:`button`,class:`open`,onClick:()=>r(e),children:t.cell(a)}):t.cell(a)},t.title));return X(`tr`,{class:r?`opens`:void 0,"aria-current":i||void 0,onClick:r&&(t=>!t.target.closest(`button, a, input`)&&r(e))||void 0,children:o})}var gl=6e3,_l=2e4,vl=0,yl=N([]);function Q(e,t=`good`){vl+=1;let n=vl;yl.value=[...yl.peek().slice(-3),{id:n,text:e,tone:t}],setTimeout(()=>bl(n),t===`bad`?_l:gl)}function bl(e){yl.value=yl.peek().filter(t=>t.id!==e)}var xl=3,Sl=400;async function Cl(e,t=crypto.randomUUID()){for(let n=1;;n+=1)try{return{answer:await e(t)}}catch(e){let t=vs(e);if(!xs(t)||n===xl)return{failure:t};await new Promise(e=>setTimeout(e,Sl*n))}}async function wl(e,t){let n=await Cl(t);return n.failure?Q(Tl(n.failure),`bad`):Q(e),n}function Tl(e){if(xs(e))return`No answer came: it may or may not have been done. Look before you ask again.`;let t=Object.entries(e.fields).map(([e,t])=>`${e}: ${t}`);return[e.text,...t].join(`; `)}function El({label:e,wrong:t,hint:n,text:r,type:i=`text`,numeric:a,options:o,...s}){let c=ii();return X(Al,{id:c,label:e,wrong:t,hint:n,children:[X(`input`,{id:c,class:`input`,type:i,value:r.value,inputMode:a?`decimal`:void 0,autocomplete:`off`,spellcheck:!1,list:o&&`${c}-list`,"aria-invalid":t?`true`:void 0,"aria-describedby":t?`${c}-wrong`:void 0,onInput:e=>{r.value=e.currentTarget.value},...s}),o&&X(`datalist`,{id:`${c}-list`,children:o.map(e=>X(`option`,{value:e},e))})]})}function Dl({label:e,wrong:t,hint:n,chosen:r,options:i}){let a=ii();return X(Al,{id:a,label:e,wrong:t,hint:n,children:X(kl,{id:a,class:`input`,chosen:r,options:i})})}var Ol=({label:e,...t})=>X(kl,{class:`input tool`,"aria-label":e,...t});function kl({chosen:e,options:t,onChoice:n,...r}){return X(`select`,{value:e.value,onChange:t=>{e.value=t.currentTarget.value,n?.(e.value)},...r,children:t.map(([e,t])=>X(`option`,{value:e,children:t},e))})}var Al=({id:e,label:t,wrong:n,hint:r,children:i})=>X(`div`,{class:`field`,children:[X(`label`,{for:e,children:t}),i,r&&!n&&X(`span`,{class:`label`,children:r}),n&&X(`span`,{class:`wrong`,id:`${e}-wrong`,children:n})]}),jl=[``,`1Min`,`5Min`,`15Min`,`30Min`,`1Hour`,`1Day`];function Ml(e,t){let n=new Date(t||Date.now()).getUTCFullYear()-1;return{symbols:[...e].sort().slice(0,4).join(` `),start:`${n}-01-01`,end:``,timeframe:``,equity:`100000`,source:`1`,entryOrder:``,name:``}}function Nl(e){let t=Pl(e.start),n=Pl(e.end);return Tn(ka,{symbols:e.symbols.toUpperCase().split(/[\s,]+/).filter(Boolean),timeframe:e.timeframe,initialEquity:e.equity.replace(/[\s,$]/g,``),source:Number(e.source),entryOrder:e.entryOrder,name:e.name.trim(),...t&&{startTime:t},...n&&{endTime:n}})}var Pl=e=>e?Mr(Date.parse(`${e}T05:00:00Z`)):void 0;function Fl(e){let t=Object.entries(e).map(([e,t])=>{let n=e.replace(/^config\./,``).replace(/\[\d+\].*$/,``);return[Il[n]??n,t]});return Object.fromEntries(t)}var Il={start_time:`start`,end_time:`end`,initial_equity:`equity`,entry_order:`entryOrder`},Ll={[Ma.QUEUED]:[`waiting`,`dim`],[Ma.RUNNING]:[`running`,`accent`],[Ma.SUCCEEDED]:[`done`,`good`],[Ma.FAILED]:[`failed`,`bad`],[Ma.CANCELED]:[`canceled`,`warn`]};function Rl(e){let[t,n]=Ll[e?.progress?.state??Ma.UNSPECIFIED]??[`–`,``];return{text:t,tone:n}}var zl=e=>e?.progress?.state===Ma.QUEUED||e?.progress?.state===Ma.RUNNING,Bl=e=>e.kind===ja.SINGLE,Vl={[ja.WALK_FORWARD]:`walk-forward`,[ja.SWEEP]:`sweep`};function Hl(e){let t=Vl[e.kind],n=e.config?.name||e.config?.symbols.join(` `)||e.id;return t?`${n}, ${t}`:n}function Ul(e){let t=e.progress;if(!t)return``;let n=t.total?`${q(t.done)} of ${q(t.total)}`:``,r=t.remaining?`${U(fs(t.remaining))} left`:``;return[n,t.text,U(fs(t.elapsed)),r].filter(Boolean).join(` · `)}var $=(e,t,n=``)=>({name:e,value:t,tone:n});function Wl(e){return[$(`Final equity`,ql(e.finalEquity)),$(`Total return`,qs(e.totalReturnPct),as(e.totalReturnPct)),$(`A year`,qs(e.annualizedReturnPct),as(e.annualizedReturnPct??0)),$(`Max drawdown`,K(e.maxDrawdownPct),`warn`),$(`Its length`,U(fs(e.maxDrawdownDuration))),$(`Volatility`,K(e.volatilityPct)),$(`Sharpe (4%)`,G(e.sharpeRatio)),$(`Sharpe (0%)`,G(e.sharpeRatioZeroRate)),$(`Sortino`,G(e.sortinoRatio)),$(`Calmar`,G(e.calmarRatio)),$(`Deflated Sharpe`,G(e.deflatedSharpe)),$(`Time in market`,K(e.timeInMarketPct,1)),...e.trades?Gl(e.trades):[]]}function Gl(e){return[$(`Trades`,q(e.trades)),$(`Win rate`,K(e.winRatePct,1)),$(`Net P&L`,rs(Kl(e.netPnl)),as(e.netPnl)),$(`Profit factor`,G(e.profitFactor)),$(`Average win`,ql(e.averageWin)),$(`Average loss`,ql(e.averageLoss)),$(`Expectancy`,ql(e.expectancy)),$(`Commission`,ql(e.commission))]}var Kl=e=>e?.replace(/(\.\d\d)\d+$/,`$1`),ql=e=>V(Kl(e));function Jl(e){return e.result.case===`single`?e.result.value.equityCurve.map(e=>({timeMs:H(e.time)??0,equity:e.equity,drawdownPct:e.drawdownPct})):[]}function Yl({result:e}){if(!e.value)return[];let t=e.value.luck?.text,n=[e.case===`walkForward`?e.value.text:``,t?`Luck: ${t}`:``];return[...(e.case===`single`?e.value.checks:[]).map(e=>({passed:e.passed,text:`${e.name.replaceAll(`_`,` `)}: ${e.text}`})),...n.filter(Boolean).map(e=>({passed:void 0,text:e}))]}var{store:Xl}=Y,Zl;function Ql(){let{status:e,prices:t,asOfMs:n}=Xl,r=Ml(e.peek()?.symbols??t.keys.peek(),n.peek());return Zl??=Object.fromEntries(Object.entries(r).map(([e,t])=>[e,N(t)])),Zl}var $l=e=>Object.fromEntries(Object.entries(e).map(([e,t])=>[e,t.peek()]));function eu({begun:e}){let t=Ql(),n=F(!1),r=F(``),i=F(Fl({})),a=async a=>{a.preventDefault(),n.value=!0;let o=Nl($l(t)),{answer:s,failure:c}=await Cl(e=>tu(e,o));n.value=!1,i.value=c?Fl(c.fields):{},r.value=c?Tl(c):``,s&&e(s)},{symbols:o,start:s,end:c,timeframe:l,equity:u,source:d,entryOrder:f,name:p}=t;return X(Z,{title:`New run`,padded:!0,children:X(`form`,{class:`backtest-form`,onSubmit:a,children:[X(El,{label:`Symbols`,text:o,wrong:i.value.symbols,maxLength:400}),X(El,{label:`From`,text:s,type:`date`,wrong:i.value.start}),X(El,{label:`Before`,text:c,type:`date`,wrong:i.value.end}),X(Dl,{label:`Timeframe`,chosen:l,wrong:i.value.timeframe,options:jl.map(e=>[e,e||`the strategy's`])}),X(El,{label:`Equity $`,text:u,numeric:!0,wrong:i.value.equity,maxLength:20}),X(Dl,{label:`Bars of`,chosen:d,wrong:i.value.source,options:[[String(Aa.HISTORY),`the broker's history`],[String(Aa.CACHE),`the cache alone`],[String(Aa.FILES),`files on the daemon's disk`]]}),X(Dl,{label:`Entries`,chosen:f,wrong:i.value.entryOrder,options:[[``,`as in force`],[`market`,`at the market`],[`limit`,`limit at the signal's price`]]}),X(El,{label:`Name`,text:p,wrong:i.value.name,maxLength:60}),r.value&&X(`p`,{class:`bad`,role:`alert`,children:r}),X(`button`,{type:`submit`,class:`button primary`,disabled:n.value,children:n.value?`Asking …`:`Run`})]})})}async function tu(e,t){for await(let n of Y.api.backtest.runBacktest({requestId:e,config:t}))return n.backtestId;throw Error(`the daemon began no run`)}var nu=1e3;function ru(e,t,n){let r=Math.min(n??1/0,...e),i=Math.max(n??-1/0,...e),a=i-r||1,o=i>r?r:r-.5,s=nu/Math.max(e.length-1,1),c=e=>t-2-(e-o)/a*(t-4);return e.map((e,t)=>`${t?`L`:`M`}${(t*s).toFixed(1)} ${c(e).toFixed(1)}`).join(``)}function iu({values:e,height:t,label:n,tone:r=``,floor:i}){if(e.length<2)return X(`p`,{class:`empty`,children:`not enough points yet`});let a=ru(e,t,i);return X(`svg`,{class:`curve ${r}`,viewBox:`0 0 ${nu} ${t}`,height:t,preserveAspectRatio:`none`,role:`img`,"aria-label":n,children:[X(`path`,{class:`area`,d:`${a}L${nu} ${t}L0 ${t}Z`}),X(`path`,{class:`line`,d:a})]})}function au({title:e,values:t,height:n,tone:r=``,floor:i,scale:a,tell:o,ends:s}){let c=F(void 0),l=Math.min(c.value??t.length-1,t.length-1),u=e=>{let n=e.currentTarget.getBoundingClientRect(),r=Math.min(Math.max((e.clientX-n.left)/n.width,0),1);c.value=Math.round(r*(t.length-1))},d=()=>{c.value=void 0},f=Math.min(i??1/0,...t),p=Math.max(i??-1/0,...t);return X(`figure`,{class:`plot`,children:[X(`figcaption`,{children:[X(`strong`,{children:e}),X(`span`,{class:r,children:t.length?o(l):``})]}),X(`div`,{class:`area`,onPointerMove:u,onPointerLeave:d,children:[X(iu,{values:t,height:n,label:e,tone:r,...i===void 0?{}:{floor:i}}),X(`span`,{class:`high`,children:a(p)}),X(`span`,{class:`low`,children:a(f)}),c.value!==void 0&&X(`span`,{class:`cross`,style:{left:`${l/Math.max(t.length-1,1)*100}%`}})]}),X(`p`,{class:`times`,children:[X(`span`,{children:s[0]}),X(`span`,{children:s[1]})]})]})}var ou=100,su=500,cu=6e4,lu=[{title:`Closed`,cell:e=>gs(e.closedAt)},{title:`Symbol`,cell:e=>X(`span`,{class:`symbol`,children:e.symbol}),sort:e=>e.symbol},{title:`Side`,cell:e=>X(Qc,{word:nc(e.side),up:e.side===aa.LONG})},{title:`Shares`,right:!0,cell:e=>q(e.entryQuantity)},{title:`Entry`,right:!0,from:900,cell:e=>B(e.entryPrice)},{title:`Exit`,right:!0,from:900,cell:e=>B(e.exitPrice)},{title:`Net $`,right:!0,cell:e=>X(Xc,{amount:e.netPnl}),sort:e=>Number(e.netPnl)},{title:`%`,right:!0,cell:e=>X(Zc,{value:e.realizedPnlPct}),sort:e=>e.realizedPnlPct},{title:`Held`,right:!0,from:1200,cell:e=>U(fs(e.holdingTime))},{title:`Why it ended`,cell:e=>e.exitReason.replaceAll(`_`,` `)||`open`}];function uu({id:e,ended:t}){let n=il(async t=>(Y.store.renewals.value,await Y.api.backtest.getBacktest({backtestId:e,pageSize:1},{signal:t}))),r=n.value.value?.backtest,i=zl(r);return ti(()=>{if(!i)return;let e=setInterval(n.again,su);return()=>{clearInterval(e),t()}},[i]),X(al,{asked:n,what:`the backtest`,children:t=>t.backtest&&X(b,{children:[X(du,{run:t.backtest}),t.backtest.metrics&&X(hu,{of:t}),t.backtest.metrics&&Bl(t.backtest)&&X(vu,{id:e})]})})}function du({run:e}){let t=zl(e),{config:n}=e,r=n?.startTime?hs(n.startTime):`the first bar`,i=n?.endTime?hs(n.endTime):`the last`;return X(Z,{title:Hl(e),padded:!0,tools:X(b,{children:[X(Yc,{word:Rl(e)}),t&&Y.may(O.TRADE)&&X(fu,{id:e.id}),e.metrics&&X(pu,{id:e.id})]}),children:[X(`p`,{class:`dim`,children:[n?.symbols.join(` `),`, `,n?.timeframe,`, `,r,` to `,i,`, `,V(n?.initialEquity),`. Asked for by`,` `,e.requestedBy,`, `,gs(e.createdAt),` ET.`]}),t&&X(`div`,{class:`progress`,role:`status`,children:[X(el,{part:(e.progress?.donePct??0)/100,tone:`accent`}),X(`p`,{children:[X(`strong`,{children:K(e.progress?.donePct,0)}),` `,X(`span`,{class:`dim`,children:Ul(e)})]})]}),e.error&&X(`p`,{class:`bad`,children:e.error})]})}function fu({id:e}){let t=()=>wl(`The run is being canceled.`,t=>Y.api.backtest.cancelBacktest({requestId:t,backtestId:e}));return X(`button`,{type:`button`,class:`button danger small`,onClick:()=>void t(),children:`Cancel`})}function pu({id:e}){let t=F(!1),n=async()=>{t.value=!0;try{let t={backtestId:e,pageSize:1,includeReport:!0},{reportHtml:n}=await Y.api.backtest.getBacktest(t,{timeoutMs:cu});mu(`backtest-${e}.html`,n)}catch(e){Q(`The report: ${vs(e).text}`,`bad`)}t.value=!1};return X(`button`,{type:`button`,class:`button small`,disabled:t.value,onClick:()=>void n(),children:t.value?`Fetching …`:`Report`})}function mu(e,t){let n=document.createElement(`a`);n.href=URL.createObjectURL(new Blob([t],{type:`text/html`})),n.download=e,n.click(),setTimeout(()=>URL.revokeObjectURL(n.href),1e4)}function hu({of:e}){let t=Yl(e),n=e.backtest?.metrics;return X(b,{children:[X(Z,{title:`Figures`,padded:!0,children:X(`dl`,{class:`figures`,children:n&&Wl(n).map(e=>X(`div`,{children:[X(`dt`,{children:e.name}),X(`dd`,{class:e.tone,children:e.value})]},e.name))})}),X(_u,{of:e}),t.length>0&&X(Z,{title:`Checks`,padded:!0,children:X(`ul`,{class:`checks`,children:t.map(e=>X(`li`,{children:[X(`span`,{class:e.passed===void 0?`dim`:e.passed?`good`:`bad`,children:e.passed===void 0?`·`:e.passed?`✓`:`✗`}),e.text]},e.text))})})]})}var gu=new Intl.DateTimeFormat(`en-CA`,{timeZone:`America/New_York`});function _u({of:e}){let t=Jl(e),n=t[0],r=t.at(-1);if(!n||!r)return null;let i=e=>gu.format(t[e]?.timeMs),a=[i(0),i(t.length-1)];return X(Z,{title:`Curves`,padded:!0,children:[X(au,{title:`Equity`,values:t.map(e=>Number(e.equity)),height:170,scale:e=>`$${G(e,0)}`,tell:e=>`${i(e)}  ${ql(t[e]?.equity)}`,ends:a}),X(au,{title:`Drawdown`,values:t.map(e=>-e.drawdownPct),height:80,tone:`bad`,floor:0,scale:e=>K(e,1),tell:e=>`${i(e)}  ${K(t[e]?.drawdownPct)}`,ends:a})]})}function vu({id:e}){let t=ol(async(t,n)=>{let r={backtestId:e,pageSize:ou,pageToken:t},i=await Y.api.backtest.getBacktest(r,{...n&&{signal:n}});return{items:i.trades,next:i.nextPageToken}});return X(Z,{title:`Trades, newest first`,class:`trades`,children:[X(al,{asked:t.first,what:`the trades`,children:()=>t.items.length?X(ll,{label:`Trades`,columns:lu,list:t.items,id:e=>e.id||`–`}):X(nl,{children:`No trade.`})}),X(sl,{of:t})]})}var{store:yu}=Y,bu=25,xu=1e3,Su=[{title:`Run`,cell:e=>Hl(e),grow:!0},{title:`State`,cell:e=>X(Jc,{word:Rl(e)})},{title:`Return`,right:!0,cell:e=>X(`span`,{class:as(e.metrics?.totalReturnPct??0),children:qs(e.metrics?.totalReturnPct)}),sort:e=>e.metrics?.totalReturnPct??-1/0},{title:`Asked for`,right:!0,cell:e=>gs(e.createdAt),sort:e=>H(e.createdAt)??0}];function Cu(){let e=Gc.value[0]??``,t=F(0),n=ol(async(e,n)=>{yu.renewals.value,t.value;let r=await Y.api.backtest.listBacktests({pageSize:bu,pageToken:e},{...n&&{signal:n}});return{items:r.backtests,next:r.nextPageToken}}),r=()=>{t.value+=1},i=n.items.some(zl);return ti(()=>{if(!i)return;let e=setInterval(r,xu);return()=>clearInterval(e)},[i]),X(`div`,{class:`view backtest-view`,children:X(`div`,{class:`columns`,children:[X(`div`,{class:`view`,children:[Y.may(O.TRADE)&&X(eu,{begun:e=>{r(),qc(`backtest`,e)}}),X(Z,{title:`Runs, newest first`,class:`runs`,children:[X(al,{asked:n.first,what:`the earlier runs`,children:()=>n.items.length?X(ll,{label:`Runs`,columns:Su,list:n.items,id:e=>e.id,open:e=>qc(`backtest`,e),selected:e}):X(nl,{children:`None yet.`})}),X(sl,{of:n})]})]}),X(`div`,{class:`view`,children:e?X(uu,{id:e,ended:r},e):X(Z,{title:`Result`,children:X(nl,{children:`Run a backtest, or choose one that ran before.`})})})]})})}var wu={id:`backtest`,title:`Backtest`,icon:`backtest`,Screen:Cu},Tu=e=>e.replaceAll(`_`,` `),Eu=e=>e===la.PASSED?`✓`:e===la.FAILED?`✗`:`·`;function Du(e){if(e.distance===void 0)return;let t=Math.max(Math.abs(e.threshold??0),Math.abs(e.value??0),1e-12);return Math.max(-1,Math.min(1,e.distance/t))}function Ou(e){let t=Math.max(1,...e.map(e=>Number(e.before)));return e.map(e=>{let n=e.before-e.after;return{name:Tu(e.name),shares:q(e.after),cut:n>0n?`−${q(n)}`:``,left:Number(e.after)/t,taken:Number(n)/t,text:e.text}})}function ku({of:e}){let t=dc(e.verdict);return X(b,{children:[X(`p`,{class:`answer`,children:[X(Yc,{word:t}),` `,X(`strong`,{children:Ys(e.quantity,`share`)})]}),e.reason&&X(`p`,{class:t.tone,children:e.reason}),X(Mu,{of:e.sizing}),X(Nu,{of:e.checks})]})}function Au({of:e}){let t=uc(e);return X(`span`,{class:`mark ${t.tone}`,role:`img`,"aria-label":t.text,children:Eu(e)})}var ju=e=>({width:`${Math.round(e*1e3)/10}%`});function Mu({of:e}){return e.length?X(b,{children:[X(`h3`,{children:`Size, step by step`}),X(`ol`,{class:`falls`,children:Ou(e).map(e=>X(`li`,{title:e.text,children:[X(`span`,{children:e.name}),X(`span`,{class:`bars`,"aria-hidden":`true`,children:[X(`span`,{class:`left`,style:ju(e.left)}),X(`span`,{class:`taken`,style:ju(e.taken)})]}),X(`strong`,{children:e.shares}),X(`span`,{class:`warn`,children:e.cut}),X(`span`,{class:`dim`,children:e.text})]},e.name))})]}):null}function Nu({of:e}){return e.length?X(b,{children:[X(`h3`,{children:`Checks`}),X(`ul`,{class:`checks`,children:e.map(e=>X(`li`,{children:[X(Au,{of:e.verdict}),X(`span`,{children:Tu(e.code)}),X(`span`,{class:`dim`,children:e.text})]},e.code))})]}):null}var Pu=e=>/^\d{1,3}(,\d{3})+(\.\d+)?$/.test(e)?e.replaceAll(`,`,``):e;function Fu(e){let t=Pu(e.trim().replace(/^\$/,``));return/^\d+(\.\d+)?$/.test(t)&&/[1-9]/.test(t)?t:void 0}function Iu(e){let t=Pu(e.trim());return/^\d{1,18}$/.test(t)&&/[1-9]/.test(t)?BigInt(t):void 0}function Lu(e){let t=e.symbol.trim().toUpperCase(),n=Iu(e.quantity),r=Fu(e.limit_price),i=Fu(e.stop_loss_price),a=`a price above 0 is wanted`,o={};return t||(o.symbol=`a symbol is wanted`),n||(o.quantity=`a whole number of shares is wanted`),e.type===`limit`&&!r&&(o.limit_price=a),e.stop_loss_price.trim()&&!i&&(o.stop_loss_price=a),!n||Object.keys(o).length?{wrong:o}:{order:{symbol:t,side:e.side===`buy`?ia.BUY:ia.SELL,quantity:n,type:e.type===`limit`?ga.LIMIT:ga.MARKET,...e.type===`limit`&&r?{limitPrice:r}:{},...i?{stopLossPrice:i}:{}},wrong:o}}var Ru=(e,t,n)=>n&&t!==e.symbol;function zu(e){let t=e.side===ia.BUY?`BUY`:`SELL`,n=e.limitPrice?`limit ${V(e.limitPrice)}`:`market`,r=e.stopLossPrice?`stop loss ${V(e.stopLossPrice)}`:`no stop loss`;return`${t} ${q(e.quantity)} ${e.symbol}, ${n}, ${r}, for the day`}var{store:Bu}=Y,Vu=250,Hu=new Map;function Uu({symbol:e=``}){return Y.may(O.TRADE)?X(`button`,{type:`button`,class:`button primary small`,onClick:()=>Wu(e),children:`New order`}):null}function Wu(e){Lc(X(Ku,{symbol:e}))}var Gu=class{fields;cut=N(`refuse`);written;said=N(void 0);refused=N(void 0);asking=N(!1);sent=N(!1);tried=N(!1);toSend=N(void 0);word=N(``);busy=N(!1);left=!1;constructor(e){this.fields={symbol:N(e),side:N(`buy`),quantity:N(``),type:N(`limit`),limit_price:N(``),stop_loss_price:N(``)},this.written=P(()=>Lu(this.draft()))}wrong(e){let t=this.written.value.wrong[e];return t?this.tried.value||this.fields[e].value?t:void 0:this.refused.value?.fields[e]}preview(){let{order:e}=this.written.value;Bu.renewals.value,this.refused.value=void 0,this.sent.value=!1,this.asking.value=e!==void 0,e||(this.said.value=void 0);let t=new AbortController,n=setTimeout(async()=>{if(e){try{let n=await Y.api.order.previewOrder(e,{signal:t.signal});t.signal.aborted||(this.said.value=n)}catch(e){t.signal.aborted||(this.refused.value=vs(e))}t.signal.aborted||(this.asking.value=!1)}},Vu);return()=>{clearTimeout(n),t.abort()}}get reduces(){return this.said.value?.role===va.EXIT}review(){this.tried.value=!0,this.word.value=``,this.toSend.value=this.written.value.order}get wordMissing(){let e=this.toSend.value;return e!==void 0&&Ru(e,this.word.value,Y.isReal.value)}async send(){let e=this.toSend.value;if(!e||this.busy.value||this.wordMissing)return;let t=this.cut.value===`accept`,n=`${zu(e)} ${t}`,r=Hu.get(n)??crypto.randomUUID();this.busy.value=!0,Hu.set(n,r);let{answer:i,failure:a}=await Cl(n=>Y.api.order.placeOrder({requestId:n,acceptAdjusted:t,...e}),r);this.busy.value=!1,this.toSend.value=void 0,a&&xs(a)||Hu.delete(n),this.refused.value=a,this.sent.value=!0,a?this.left&&Q(Tl(a),`bad`):(Q(`${q(i?.order?.quantity??e.quantity)} ${e.symbol} on its way.`),this.left||Rc())}draft(){let e=Object.entries(this.fields).map(([e,t])=>[e,t.value]);return Object.fromEntries(e)}};function Ku({symbol:e}){let t=ri(()=>new Gu(e),[]);return Xi(()=>t.preview()),ti(()=>()=>{t.left=!0},[]),X(Bc,{title:`Order`,wide:!0,children:X(`form`,{class:`ticket`,onSubmit:e=>{e.preventDefault(),t.toSend.value?t.send():t.review()},children:[X(qu,{desk:t}),X(`section`,{class:`reading said`,"aria-label":`What risk says`,"aria-live":`polite`,tabIndex:0,children:X(Yu,{desk:t})}),t.toSend.value?X(td,{desk:t,order:t.toSend.value}):X(Zu,{})]})})}function qu({desk:e}){let{fields:t}=e,n=(n,r,i=!1)=>X(El,{label:r,text:t[n],wrong:e.wrong(n),numeric:!0,maxLength:14,autofocus:i});return X(`fieldset`,{class:`form`,disabled:e.toSend.value!==void 0,children:[X(El,{label:`Symbol`,text:t.symbol,wrong:e.wrong(`symbol`),options:[...Bu.prices.keys.value].sort(),autofocus:!t.symbol.peek(),maxLength:14}),X(Ju,{symbol:t.symbol.value.trim().toUpperCase()}),X(`div`,{class:`pair`,children:[X(Dl,{label:`Side`,chosen:t.side,options:[[`buy`,`Buy`],[`sell`,`Sell`]]}),n(`quantity`,`Shares`,!!t.symbol.peek())]}),X(`div`,{class:`pair`,children:[X(Dl,{label:`Type`,chosen:t.type,options:[[`limit`,`Limit`],[`market`,`Market`]]}),t.type.value===`limit`&&n(`limit_price`,`Limit $`)]}),n(`stop_loss_price`,`Stop loss $, a must when it opens risk`),X(Dl,{label:`If risk cuts it`,chosen:e.cut,options:[[`refuse`,`place nothing`],[`accept`,`place fewer shares`]]})]})}function Ju({symbol:e}){let t=Bu.prices.one(e).value,n=Bu.positions.one(e).value;return t?X(`p`,{class:`dim`,children:[X(`strong`,{children:W(t.price)}),` bid `,W(t.bid),` ask `,W(t.ask),n&&`, held: ${nc(n.side).text} ${q(n.quantity)}`]}):null}function Yu({desk:e}){let t=e.refused.value;if(t)return X(Xu,{of:t,sent:e.sent.value});let n=e.said.value;return e.written.value.order?n?.decision?X(`div`,{class:e.asking.value?`reading old`:`reading`,children:[X(`p`,{children:[`Risk says to this `,oc(n.role).text,`:`]}),e.reduces&&X(`p`,{class:`warn`,children:`It only reduces what is held, and goes at the market, whatever the limit.`}),X(ku,{of:n.decision})]}):X(`p`,{class:`dim`,children:`Asking the risk engine …`}):X(`p`,{class:`dim`,children:`What risk says to the order stands here.`})}function Xu({of:e,sent:t}){return X(b,{children:[X(`p`,{class:`bad`,role:`alert`,children:[t&&!xs(e)&&X(`strong`,{children:`Not placed: `}),Tl(e)]}),e.decision&&X(ku,{of:e.decision})]})}var Zu=()=>X(`footer`,{children:[X(`button`,{type:`button`,class:`button`,onClick:Rc,children:`Leave`}),X(`button`,{type:`submit`,class:`button primary`,children:`Place the order …`})]}),Qu=`This is REAL MONEY.`,$u=`It is not known whether this is REAL MONEY.`,ed=e=>e?.focus();function td({desk:e,order:t}){let n=e.cut.value===`accept`?`; fewer shares, if risk cuts it`:``,r=e.reduces?`; it reduces what is held, at the market`:``;return X(`footer`,{class:`sure`,children:[X(`p`,{children:[X(`strong`,{children:zu(t)+n+r}),Y.isReal.value&&X(`strong`,{class:`bad`,children:[` `,Y.isLive.value?Qu:$u]})]}),Y.isReal.value&&X(El,{label:`Type ${t.symbol}`,text:e.word,maxLength:14}),X(`button`,{type:`submit`,class:`button alarm`,disabled:e.busy.value||e.wordMissing,children:e.busy.value?`Sending …`:`Send it`}),X(`button`,{type:`button`,class:`button`,ref:ed,onClick:()=>{e.toSend.value=void 0},children:`Change it`})]})}var nd=`fluxhero.theme`,rd=matchMedia(`(prefers-color-scheme: light)`),id=localStorage.getItem(nd),ad=()=>rd.matches?`light`:`dark`,od=N(id===`light`||id===`dark`?id:ad());rd.addEventListener(`change`,()=>{localStorage.getItem(nd)||(od.value=ad())}),Ni(()=>{document.documentElement.dataset.theme=od.value});function sd(){od.value=od.peek()===`dark`?`light`:`dark`,localStorage.setItem(nd,od.peek())}var cd=e=>getComputedStyle(document.documentElement).getPropertyValue(`--${e}`).trim(),ld=e=>Number(e.startTime?.seconds??0n);function ud(e,t){let n=new Map(t.map(e=>[Number(e.barStartTime?.seconds??0n),e]));return[...new Map(e.map(e=>[ld(e),e])).entries()].sort(([e],[t])=>e-t).map(([e,t])=>({time:e,endMs:H(t.endTime)??e*1e3,bar:t,known:n.get(e)}))}function dd(e,t,n){let r=e.at(-1);if(!t||r&&ld(t)<r.time)return e;let i=ld(t),a=Number(n?.barStartTime?.seconds??-1n)===i?n:void 0;if(r?.time===i&&(r.known||!a))return e;let o={time:i,endMs:H(t.endTime)??i*1e3,bar:t,known:a};return[...e.filter(e=>e.time<i),o].slice(-500)}var fd=(e,t)=>e.map(({time:e,known:n})=>{let r=n?.[t];return r===void 0?{time:e}:{time:e,value:r}});function pd(e,t){let n=e[0];if(!(!n||t<n.time*1e3))return e.find(e=>t<=e.endMs)??e.at(-1)}var md={[L.LONG]:{shape:`arrowUp`,below:!0,text:`L`},[L.SHORT]:{shape:`arrowDown`,below:!1,text:`S`},[L.EXIT_LONG]:{shape:`arrowDown`,below:!1,text:`X`},[L.EXIT_SHORT]:{shape:`arrowUp`,below:!0,text:`X`}};function hd(e,t){let n=new Set(e.map(e=>e.time)),r=[];for(let e of t){let t=Number(e.barStartTime?.seconds??0n),i=md[e.kind];if(!i||!n.has(t))continue;let a=e.outcome===`ordered`;r.push({time:t,...i,tone:a?i.shape===`arrowUp`?`up`:`down`:`dim`})}return r.sort((e,t)=>e.time-t.time)}function gd(e,t){let n=[];for(let r of t){let t=H(r.endedAt??r.updatedAt),i=r.averageFillPrice&&t!==void 0?pd(e,t):void 0;if(!i)continue;let a=r.side===ia.BUY;n.push({time:i.time,shape:`circle`,below:a,tone:`accent`,text:B(r.averageFillPrice)})}return n.sort((e,t)=>e.time-t.time)}function _d(e){return e?[[`entry`,e.averagePrice],[`stop`,e.stopPrice],[`target`,e.targetPrice],[`watched stop`,e.watchedStopPrice]].flatMap(([e,t])=>t?[{name:e,price:Number(t)}]:[]):[]}function vd(e){let{bar:t,known:n}=e;return[[`O`,W(t.open)],[`H`,W(t.high)],[`L`,W(t.low)],[`C`,W(t.close)],[`KAMA`,W(n?.kama)],[`ATR`,G(n?.atr)],[`RSI`,G(n?.rsi,1)],[`ADX`,G(n?.adx,1)],[`R²`,G(n?.rSquared)],[`regime`,ec(t.regime).text]]}var yd={[sa.STRONG_TREND]:`accent`,[sa.MEAN_REVERSION]:`warn`,[sa.NEUTRAL]:`line-strong`},bd=(function(){let e=typeof document<`u`&&document.createElement(`link`).relList;return e&&e.supports&&e.supports(`modulepreload`)?`modulepreload`:`preload`})(),xd=function(e,t){return new URL(e,t).href},Sd={},Cd=function(e){return e.pathname.endsWith(`.css`)},wd=function(e,t,n){if(t in e)return e[t];let r=n();if(!r){e[t]=void 0;return}let i=r.then(()=>{e[t]=void 0},n=>{throw e[t]=void 0,n});return e[t]=i,i},Td=function(e,t,n){let r=Promise.resolve();if(t&&t.length>0){let e,i=document.querySelector(`meta[property=csp-nonce]`),a=i?.nonce||i?.getAttribute(`nonce`);function o(e){return Promise.all(e.map(e=>Promise.resolve(e).then(e=>({status:`fulfilled`,value:e}),e=>({status:`rejected`,reason:e}))))}function s(e){return import.meta.resolve?new URL(import.meta.resolve(e)):new URL(e,import.meta.url)}r=o(t.map(t=>{t=xd(t,n);let r=s(t),i=Cd(r);return wd(Sd,r.href,()=>{if(e===void 0){e={all:new Set,styles:new Set};let t=document.getElementsByTagName(`link`);for(let n=t.length-1;n>=0;n--){let r=t[n];e.all.add(r.href),r.rel===`stylesheet`&&e.styles.add(r.href)}}if((i?e.styles:e.all).has(r.href))return;let t=document.createElement(`link`);if(t.rel=i?`stylesheet`:bd,i||(t.as=`script`),t.crossOrigin=``,t.href=r.href,a&&t.setAttribute(`nonce`,a),document.head.appendChild(t),i)return new Promise((e,n)=>{let i=a=>{t.removeEventListener(`load`,i),t.removeEventListener(`error`,i),a.type===`error`?n(Error(`Unable to preload CSS for ${r}`)):e(a)};t.addEventListener(`load`,i),t.addEventListener(`error`,i)})})}).filter(e=>e!==void 0))}function i(e){let t=new Event(`vite:preloadError`,{cancelable:!0});if(t.payload=e,window.dispatchEvent(t),!t.defaultPrevented)throw e}return r.then(t=>{for(let e of t||[])e.status===`rejected`&&i(e.reason);return e().catch(i)})},{store:Ed}=Y,Dd=160,Od=200,kd=[`RSI`,`ADX`,`ATR`],Ad=P(()=>[...Ed.prices.keys.value].sort()),jd=P(()=>Gc.value[0]??Ad.value[0]??``),Md=N([`RSI`,`ADX`]);function Nd(){let e=jd.value;return X(`div`,{class:`view chart-view`,children:e?X(Pd,{symbol:e},e):X(nl,{children:`The daemon follows no symbol yet.`})})}function Pd({symbol:e}){let t=il(async t=>{Ed.renewals.value;let{bars:n,indicators:r}=await Y.api.market.getBars({symbol:e,pageSize:500,includeIndicators:!0},{signal:t});return ud(n,r)}),n=il(async t=>{Ed.renewals.value;let n={symbols:[e],pageSize:Od};return(await Y.api.signal.listSignals(n,{signal:t})).signals});return X(Z,{title:e,class:`chart`,padded:!0,tools:X(Fd,{symbol:e}),children:X(al,{asked:t,what:`the bars of ${e}`,children:t=>t.length?X(Id,{symbol:e,loaded:t,old:n}):X(nl,{children:`No completed bar yet.`})})})}function Fd({symbol:e}){let t=Ed.prices.one(e).value,n=e=>{let t=Md.value.filter(t=>t!==e);Md.value=t.length<Md.value.length?t:kd.filter(n=>n===e||t.includes(n))};return X(b,{children:[X(`strong`,{class:`now`,children:W(t?.price)}),X(`span`,{class:as(t?.changePct),children:qs(t?.changePct)}),X(Yc,{word:ec(Ed.indicators.one(e).value?.regime)}),X(`fieldset`,{class:`group`,"aria-label":`indicator panes`,children:kd.map(e=>X(`button`,{type:`button`,class:`button small`,"aria-pressed":Md.value.includes(e),onClick:()=>n(e),children:e},e))}),X(`select`,{class:`input symbols`,"aria-label":`symbol`,value:e,onChange:e=>qc(`chart`,e.currentTarget.value),children:Ad.value.map(e=>X(`option`,{value:e,children:e},e))}),X(Uu,{symbol:e})]})}function Id({symbol:e,loaded:t,old:n}){let r=ni(null),i=F(void 0),a=F(void 0),o=ri(()=>N(t),[t]);Xi(()=>{o.value=dd(o.peek(),Ed.bars.one(e).value,Ed.indicators.one(e).value)}),ti(()=>{let e=!1;return Td(()=>import(`./canvas-Cz-Owh5B.js`).then(t=>{!e&&r.current&&(i.value=new t.Canvas(r.current,Md.value,e=>{a.value=e}),i.value.draw(o.peek()),i.value.showLast(Dd,o.peek().length),r.current.dataset.drawn=String(o.peek().length))}),[],import.meta.url),()=>{e=!0,i.value?.end(),i.value=void 0}},[od.value,Md.value,o]),Xi(()=>i.value?.draw(o.value)),Xi(()=>i.value?.level(_d(Ed.positions.one(e).value))),Xi(()=>i.value?.price(Ed.prices.one(e).value?.price)),Xi(()=>{let t=[...n.value.value??[],...Ed.signals.all.filter(t=>t.symbol===e)],r=[...new Map(t.map(e=>[e.id,e])).values()],a=Ed.orders.all.filter(t=>t.symbol===e),s=[...hd(o.value,r),...gd(o.value,a)];i.value?.mark(s.sort((e,t)=>e.time-t.time))});let s=o.value.find(e=>e.time===a.value)??o.value.at(-1);return X(b,{children:[X(`dl`,{class:`legend`,children:s&&vd(s).map(([e,t])=>X(`div`,{children:[X(`dt`,{children:e}),X(`dd`,{children:t})]},e))}),X(`div`,{class:`canvas`,ref:r,role:`img`,"aria-label":`${e}: ${o.value.length} bars with KAMA, bands, signals and indicators`})]})}var Ld={id:`chart`,title:`Chart`,icon:`chart`,Screen:Nd};function Rd({of:e}){let t=F(``),n=F(``),r=F(``),i=F(!1),a=ni(!1);return ti(()=>()=>{a.current=!0},[]),X(Bc,{title:e.title,children:X(`form`,{onSubmit:async o=>{if(o.preventDefault(),r.value=e.check?.()||zd(e,t.value,n.value),r.value||i.value)return;i.value=!0;let{failure:s}=await e.send(n.value.trim());i.value=!1,!s&&!a.current&&Rc(),s&&a.current?Q(Tl(s),`bad`):s&&(r.value=Tl(s))},children:[X(`div`,{class:`body`,children:[X(`div`,{children:e.text}),e.needsReason&&X(El,{label:`Reason, recorded`,text:n,autofocus:!0,maxLength:200}),e.word&&X(El,{label:`Type ${e.word}`,text:t,autofocus:!e.needsReason,maxLength:20}),r.value&&X(`p`,{class:`bad`,role:`alert`,children:r})]}),X(`footer`,{children:[X(`button`,{type:`button`,class:`button`,onClick:Rc,autofocus:!e.word&&!e.needsReason,children:`Keep as it is`}),X(`button`,{type:`submit`,class:e.danger?`button alarm`:`button primary`,disabled:i.value,children:i.value?`Sending …`:e.action})]})]})})}function zd(e,t,n){return e.needsReason&&!n.trim()?`Not sent: say why, it is recorded.`:e.word&&t!==e.word?`Not sent: the word is ${e.word}, in capitals.`:``}function Bd({of:e}){return!Y.may(O.TRADE)||e.foreign||e.exitReason?null:X(`button`,{type:`button`,class:`button danger small`,onClick:()=>Vd(e),"aria-label":`close ${e.symbol}`,children:`Close`})}function Vd(e){let{symbol:t}=e;Lc(X(Rd,{of:{title:`Close ${t}`,text:X(b,{children:[X(`p`,{class:`strong`,children:[nc(e.side).text,` `,q(e.quantity),` `,t,`, at the market`]}),X(`p`,{children:[`Entry `,V(e.averagePrice),`, last `,V(e.lastPrice),`, P&L `,rs(e.unrealizedPnl),`. Its stop is canceled first.`]})]}),action:`Close ${t}`,danger:!0,send:async()=>{let e=await Cl(e=>Y.api.position.closePosition({requestId:e,symbol:t,reason:`closed in the browser`}));return e.answer&&Q(`${t} is being closed.`),e}}}))}var{store:Hd}=Y;function Ud(){Lc(X(Rd,{of:{title:`Halt trading`,text:`Working entries are canceled, stops stay where they are, and no new risk is taken until an admin resumes. It survives a restart of the daemon.`,action:`Halt trading`,danger:!0,word:`HALT`,needsReason:!0,send:async e=>{let t=await Cl(t=>Y.api.risk.halt({requestId:t,reason:e}));return t.answer&&Q(`Trading is halted; entries being canceled: ${t.answer.cancelingOrderIds.length}.`),t}}}))}function Wd(){let e=Hd.positions.all.filter(e=>!e.foreign).map(e=>`${e.symbol} ${nc(e.side).text} ${q(e.quantity)}`).join(`, `);Lc(X(Rd,{of:{title:`Flatten`,text:X(b,{children:[X(`p`,{children:`Halt trading, cancel all orders and close all positions of FluxHero at the market. Outside the session this waits for the open.`}),X(`p`,{class:`strong`,children:[`Open now: `,e||`nothing`]})]}),action:`Close everything`,danger:!0,word:`FLATTEN`,needsReason:!0,send:async e=>{let t=await Cl(t=>Y.api.risk.flatten({requestId:t,reason:e}));return t.answer&&Q(`Halted; closing: ${t.answer.closingSymbols.join(` `)||`no position is open`}.`),t}}}))}function Gd(){let e=Hd.risk.value;Lc(X(Rd,{of:{title:`Resume trading`,text:e?.halted?`End the halt: ${e.haltReason}`:`Trading is not halted, as far as is known here.`,action:`Resume trading`,word:`RESUME`,needsReason:!0,send:async e=>{let t=await Cl(t=>Y.api.risk.resume({requestId:t,reason:e}));return t.answer&&Q(`Trading goes on.`),t}}}))}function Kd(){let e=Hd.risk.value;Lc(X(Rd,{of:{title:`Reset the breaker`,text:`The breaker is ${fc(e?.breaker).text}. ${e?.breakerReason??``} Resetting lets entries be taken again: from disabled to reduced first, from reduced to normal next; where a daily loss is latched, that one alone.`,action:`Reset`,word:`RESET`,needsReason:!0,send:async e=>{let t=pa.UNSPECIFIED,n=await Cl(n=>Y.api.risk.resetBreaker({requestId:n,reason:e,target:t}));return n.answer&&Q(`The breaker is ${fc(n.answer.risk?.breaker).text} now.`),n}}}))}function qd(){Lc(X(Rd,{of:{title:`Close all positions`,text:`Close ${Ys(Hd.positions.all.filter(e=>!e.foreign).length,`position`)} of FluxHero at the market. Trading goes on afterwards.`,action:`Close all`,danger:!0,word:`CLOSE`,send:async()=>{let e=await Cl(e=>Y.api.position.closeAllPositions({requestId:e,reason:`closed in the browser`}));return e.answer&&Q(`${Ys(e.answer.positions.length,`position`)} being closed.`),e}}}))}var{store:Jd}=Y,Yd=60,Xd=new Intl.DateTimeFormat(`en-CA`,{timeZone:os,timeStyle:`medium`,hourCycle:`h23`}),Zd=e=>e.timeMs?Xd.format(e.timeMs):`–`;function Qd({most:e=Yd}){let t=Jd.happenings.value.slice(-e).reverse();return X(Z,{title:`Activity`,class:`activity`,children:t.length?X(`ol`,{class:`feed`,children:t.map((e,t)=>X(`li`,{children:[X(`time`,{children:Zd(e)}),X(`span`,{class:`symbol`,children:e.symbol||e.kind}),X(`span`,{class:e.tone,children:e.text})]},`${e.timeMs}${e.text}${t}`))}):X(nl,{children:`Nothing has happened since this page was opened.`})})}function $d(e,t){let n={tone:``,noteTone:`dim`};return[{...n,title:`Equity`,value:V(e?.equity),note:`peak ${V(t?.peakEquity)}`},{title:`Day P&L`,value:rs(e?.dayPnl),tone:as(e?.dayPnl),note:qs(e?.dayPnlPct),noteTone:as(e?.dayPnlPct),...ef(t,`daily_loss`)},{...n,title:`Unrealized`,value:rs(e?.unrealizedPnl),tone:as(e?.unrealizedPnl),note:`realized today ${rs(e?.realizedPnlToday)}`},{...n,title:`Drawdown`,value:K(t?.drawdownPct),note:`below the peak`,...ef(t,`critical_drawdown`)},{...n,title:`Exposure`,value:K(e?.exposurePct),note:V(e?.exposure),...ef(t,`exposure`)},{...n,title:`Buying power`,value:V(e?.buyingPower),note:`cash ${V(e?.cash)}`}]}function ef(e,t){let n=e?.usage.find(e=>e.code===t),r=n&&tf(n);return r===void 0?{}:{used:r}}function tf(e){if(e.limit!==void 0&&e.actual!==void 0&&e.limit!==0)return Math.max(e.actual/e.limit,0)}var nf=e=>e>=1?`bad`:e>=.8?`warn`:`accent`,rf={active:`good`,delayed:`warn`,offline:`bad`};function af(e,t){let n=js(e,t),r=ks(e,t);return{beat:n,tone:rf[n],text:r===void 0?`nothing heard yet`:`last word ${U(r/1e3)} ago`}}function of(e,t){let n=H(e.openedAt);return U(n===void 0?void 0:Math.max((t-n)/1e3,0))}function sf(e){if(!e.length)return``;let t=[...e].sort((e,t)=>Number(e.equity)-Number(t.equity));return`low ${V(t[0]?.equity)} · high ${V(t.at(-1)?.equity)}`}var cf=e=>e.map(e=>Number(e.equity)).reverse(),{store:lf}=Y,uf=500,df=[{title:`Symbol`,cell:e=>X($c,{of:e.symbol}),sort:e=>e.symbol},{title:`Side`,cell:e=>X(Qc,{word:nc(e.side),up:e.side===aa.LONG})},{title:`Shares`,right:!0,cell:e=>q(e.quantity),sort:e=>Number(e.quantity)},{title:`Entry`,right:!0,cell:e=>B(e.averagePrice),sort:e=>Number(e.averagePrice)},{title:`Price`,right:!0,cell:e=>B(e.lastPrice),sort:e=>Number(e.lastPrice)},{title:`P&L $`,right:!0,cell:e=>X(Xc,{amount:e.unrealizedPnl}),sort:e=>Number(e.unrealizedPnl)},{title:`P&L %`,right:!0,cell:e=>X(Zc,{value:e.unrealizedPnlPct}),sort:e=>e.unrealizedPnlPct},{title:`Value`,right:!0,from:1500,cell:e=>B(e.marketValue),sort:e=>Number(e.marketValue)},{title:`Stop`,right:!0,cell:e=>B(e.stopPrice)},{title:`At risk`,right:!0,from:1500,cell:e=>V(e.riskAtStop),sort:e=>Number(e.riskAtStop)},{title:`Guard`,from:1200,cell:e=>X(wf,{of:e})},{title:`Mode`,from:1500,cell:e=>tc(e.mode).text},{title:`Held`,right:!0,cell:e=>X(Sf,{of:e}),sort:e=>-Number(e.openedAt?.seconds??0)},{title:`Actions`,untitled:!0,right:!0,cell:e=>X(Bd,{of:e})}],ff=[{title:`Symbol`,cell:e=>X($c,{of:e.symbol}),sort:e=>e.symbol},{title:`Price`,right:!0,cell:e=>W(e.price),sort:e=>e.price},{title:`Day`,right:!0,cell:e=>X(Zc,{value:e.changePct}),sort:e=>e.changePct??0},{title:`Bid`,right:!0,from:900,cell:e=>X(`span`,{class:`dim`,children:W(e.bid)})},{title:`Ask`,right:!0,from:900,cell:e=>X(`span`,{class:`dim`,children:W(e.ask)})},{title:`Regime`,cell:e=>X(Cf,{symbol:e.symbol})},{title:`At`,right:!0,from:900,cell:e=>X(`span`,{class:`dim`,children:ms(e.time)})}];function pf(){return X(`div`,{class:`view live-view`,children:[X(mf,{}),X(`div`,{class:`columns`,children:[X(`div`,{class:`view`,children:[X(_f,{}),X(bf,{})]}),X(`div`,{class:`view`,children:[X(xf,{}),X(Qd,{})]})]})]})}function mf(){return X(`div`,{class:`tiles`,children:[$d(lf.account.value,lf.risk.value).map(e=>X(hf,{tile:e},e.title)),X(gf,{})]})}function hf({tile:e}){return X(`section`,{class:`tile`,"aria-label":e.title,children:[X(`h2`,{children:e.title}),X(`p`,{class:`value ${e.tone}`,children:e.value}),X(`p`,{class:`note ${e.noteTone}`,children:e.note}),e.used!==void 0&&X(el,{part:e.used,tone:nf(e.used)})]})}function gf(){let e=af(Y.link.value,Vc.value);return X(`section`,{class:`tile`,"aria-label":`Heartbeat`,children:[X(`h2`,{children:`Heartbeat`}),X(`p`,{class:`value ${e.tone}`,children:[X(`span`,{class:`dot ${e.beat===`active`?`beating`:``}`}),` `,e.beat]}),X(`p`,{class:`note dim`,children:e.text})]})}function _f(){let e=lf.positions.keys.value;return X(Z,{title:`Positions`,count:e.length,tools:Y.may(O.TRADE)&&X(vf,{some:e.length>0}),children:e.length?X(cl,{label:`Positions`,columns:df,keys:e,row:e=>lf.positions.one(e)}):X(nl,{children:`No open position.`})})}function vf({some:e}){return X(b,{children:[e&&X(`button`,{type:`button`,class:`button danger small`,onClick:qd,children:`Close all`}),X(Uu,{})]})}var yf=P(()=>[...lf.prices.keys.value].sort());function bf(){return X(Z,{title:`Prices`,count:yf.value.length,class:`prices`,children:X(cl,{label:`Prices`,columns:ff,keys:yf.value,row:e=>lf.prices.one(e)})})}function xf(){return X(Z,{title:`Equity curve`,padded:!0,children:X(al,{asked:il(async e=>{lf.renewals.value;let t=Qi.HOUR;return(await Y.api.account.getEquityCurve({pageSize:uf,resolution:t},{signal:e})).points}),what:`the equity curve`,children:e=>X(b,{children:[X(iu,{values:cf(e),height:132,label:`recorded equity, hour by hour`}),X(`p`,{class:`dim extremes`,children:sf(e)})]})})})}var Sf=({of:e})=>X(b,{children:of(e,lf.second.value)}),Cf=({symbol:e})=>X(Jc,{word:ec(lf.indicators.one(e).value?.regime)});function wf({of:e}){return e.exitReason?X(`span`,{class:`warn`,children:[`closing: `,e.exitReason]}):e.foreign?X(`span`,{class:`warn`,children:`foreign`}):X(Jc,{word:ic(e.protection)})}var Tf={id:`live`,title:`Live`,icon:`live`,Screen:pf};function Ef(e){let t=e.limitPrice?` at ${V(e.limitPrice)}`:``;return`${rc(e.side).text} ${q(e.quantity)} ${e.symbol}${t}, ${q(e.filledQuantity)} filled`}function Df(e){Lc(X(Rd,{of:{title:`Cancel the order`,text:X(b,{children:[X(`p`,{class:`strong`,children:Ef(e)}),X(`p`,{children:`It may still fill until its end is confirmed.`})]}),action:`Cancel the order`,danger:!0,send:async()=>{let t=await Cl(t=>Y.api.order.cancelOrder({requestId:t,orderId:e.id}));return t.answer&&Q(`The cancel of ${e.symbol} is on its way.`),t}}}))}function Of(){Lc(X(Rd,{of:{title:`Cancel all orders`,text:`Cancel all working orders but protective stops?`,action:`Cancel all`,danger:!0,word:`CANCEL`,send:async()=>{let e=await Cl(e=>Y.api.order.cancelAllOrders({requestId:e}));return e.answer&&Q(`${Ys(e.answer.orders.length,`order`)} being canceled.`),e}}}))}function kf(e){let t=N(``),n=N(``);Lc(X(Rd,{of:{title:`Change the order`,text:X(`div`,{class:`body`,children:[X(`p`,{class:`strong`,children:Ef(e)}),X(`p`,{children:`Empty fields stay as they are. If risk cuts it, it is refused.`}),X(El,{label:`New limit $`,text:t,placeholder:e.limitPrice??``,numeric:!0,autofocus:!0}),X(El,{label:`New quantity`,text:n,placeholder:q(e.quantity),numeric:!0})]}),action:`Change the order`,word:`CHANGE`,check:()=>!t.value&&!n.value?`Not sent: a new limit or a new quantity is wanted.`:t.value&&!Fu(t.value)?`Not sent: the limit is no price above 0.`:n.value&&!Iu(n.value)?`Not sent: a whole number of shares is wanted.`:``,send:async()=>{let r=Fu(t.value),i=Iu(n.value),a={...r?{limitPrice:r}:{},...i?{quantity:i}:{}},o=await Cl(t=>Y.api.order.replaceOrder({requestId:t,orderId:e.id,...a}));return o.answer&&Q(`${o.answer.order?.id} takes its place.`),o}}}))}var Af=3;function jf(e,t){let n=[...e].reverse(),r=new Set(n.map(e=>e.id)),i=[...n.filter(e=>e.endedAt),...t.filter(e=>!r.has(e.id))],a=e=>H(e.createdAt)??0;return[...n.filter(e=>!e.endedAt),...i.sort((e,t)=>a(t)-a(e))]}var Mf=[[``,`All orders`],[`entries`,`Entries`],[`exits`,`Exits`],[`stops`,`Stops`],[`operators`,`Operators'`]],Nf={"":[],entries:[va.ENTRY],exits:[va.EXIT],stops:[va.STOP,va.FOREIGN_STOP],operators:[]},Pf=e=>({roles:[...Nf[e]],...e===`operators`?{manual:!0}:{}}),Ff=(e,t)=>t===`operators`?e.manual:!t||Nf[t].includes(e.role),If=e=>B(e.limitPrice??e.stopPrice),Lf=e=>`${q(e.filledQuantity)}/${q(e.quantity)}`;function Rf(e){return e.type===ga.LIMIT&&e.role===va.ENTRY?`${e.chaseCount}/${Af}`:`–`}function zf(e,t){let n=H(e.createdAt);return U(n===void 0?void 0:Math.max(((H(e.endedAt)??t)-n)/1e3,0))}var Bf=e=>e.requestedBy||(e.manual?`operator`:`strategy`),Vf=e=>e.reason||e.lastEvent.replaceAll(`_`,` `),Hf=e=>!e.endedAt&&e.state!==I.CANCELING&&e.role!==va.STOP&&e.role!==va.FOREIGN_STOP,Uf=e=>e.manual&&e.role===va.ENTRY&&e.type===ga.LIMIT&&(e.state===I.PENDING||e.state===I.PARTIALLY_FILLED),{store:Wf}=Y;function Gf({id:e}){let t=il(t=>(Wf.orders.one(e).value,Wf.renewals.value,Y.api.order.getOrder({orderId:e},{signal:t})));return X(Z,{title:`Order`,class:`detail`,reads:!0,tools:X(Kf,{to:`orders`}),children:X(al,{asked:t,what:`the order`,children:({order:e,fills:t,history:n})=>e&&X(`div`,{class:`reading`,children:[X(qf,{of:e}),X(Yf,{of:t}),X(`h3`,{children:`What happened`}),X(`ol`,{class:`history`,children:n.map(e=>X(Xf,{of:e},`${e.seq} ${e.event}`))})]})})})}var Kf=({to:e})=>X(`a`,{class:`icon-button`,href:Kc(e),"aria-label":`close`,children:X(Pc,{name:`close`,size:12})});function qf({of:e}){let t=[sc(e.type).text,oc(e.role).text],n=[[`Limit`,e.limitPrice],[`Trigger`,e.stopPrice],[`Stop loss`,e.stopLossPrice],[`Average fill`,e.averageFillPrice]];return X(b,{children:[X(`p`,{children:[X($c,{of:e.symbol}),` `,X(`strong`,{children:[rc(e.side).text,` `,q(e.quantity),`, `,[...new Set(t)].join(` `)]}),` `,X(Yc,{word:ac(e.state)})]}),e.reason&&X(`p`,{class:`dim`,children:e.reason}),X(rl,{of:[...n.flatMap(([e,t])=>t?[[e,V(t)]]:[]),[`Filled`,`${q(e.filledQuantity)}, ${q(e.remainingQuantity)} may still fill`],[`Works`,cc(e.timeInForce).text],[`By`,Bf(e)],[`Created`,`${_s(e.createdAt)} ET`],[`Id`,e.id],[`Broker's id`,e.brokerOrderId||`none yet`],...Jf(`Belongs to`,`orders`,e.parentId),...Jf(`In place of`,`orders`,e.replacesId),...Jf(`Signal`,`signals`,e.signalId)]})]})}var Jf=(e,t,n)=>n?[[e,X(`a`,{href:Kc(t,n),children:n})]]:[];function Yf({of:e}){return X(b,{children:[X(`h3`,{children:e.length?Ys(e.length,`fill`):`No fill`}),X(`ol`,{class:`history`,children:e.map((e,t)=>X(`li`,{children:[X(`time`,{children:ms(e.time)}),X(`span`,{children:q(e.quantity)}),X(`span`,{children:[`at `,B(e.price),!e.exact&&X(`span`,{class:`warn`,children:` provisional`})]})]},e.executionId||t))})]})}var Xf=({of:e})=>X(`li`,{children:[X(`time`,{children:ms(e.time)}),X(Jc,{word:ac(e.state)}),X(`span`,{children:[e.event.replaceAll(`_`,` `),e.filledQuantity>0n&&X(`span`,{class:`dim`,children:[`, `,q(e.filledQuantity),` filled`]}),e.text&&X(`span`,{class:`dim`,children:[`: `,e.text]})]})]}),{store:Zf}=Y,Qf=100,$f=[{title:`Symbol`,cell:e=>X(`span`,{class:`symbol`,children:e.symbol}),sort:e=>e.symbol},{title:`Side`,cell:e=>X(Qc,{word:rc(e.side),up:e.side===ia.BUY})},{title:`Role`,cell:e=>X(Jc,{word:oc(e.role)})},{title:`Type`,from:900,cell:e=>sc(e.type).text},{title:`Price`,right:!0,cell:If},{title:`Filled`,right:!0,cell:Lf},{title:`At`,right:!0,from:900,cell:e=>B(e.averageFillPrice)},{title:`State`,cell:e=>X(Jc,{word:ac(e.state)})},{title:`Chase`,right:!0,cell:Rf},{title:`Age`,right:!0,cell:e=>X(cp,{of:e})}],ep=[{title:`Updated ET`,right:!0,from:1200,cell:e=>gs(e.updatedAt)},{title:`By`,from:1500,cell:Bf},{title:`Why`,grow:!0,from:1200,cell:Vf}],tp={title:`Actions`,untitled:!0,right:!0,cell:e=>X(lp,{of:e})},np=N(``),rp=N(``),ip=P(()=>[...Zf.prices.keys.value].sort()),ap=e=>(!np.value||e.symbol===np.value)&&Ff(e,rp.value);function op(){let e=ol(async(e,t)=>{Zf.renewals.value;let n={pageSize:Qf,pageToken:e,symbols:np.value?[np.value]:[],open:!1,...Pf(rp.value)},r=await Y.api.order.listOrders(n,t?{signal:t}:{});return{items:r.orders,next:r.nextPageToken}}),t=jf(Zf.orders.all.filter(ap),e.items),n=Gc.value[0];return X(`div`,{class:n?`view desk`:`view desk one`,children:[X(Z,{title:`Orders, ${t.filter(e=>!e.endedAt).length} open`,tools:X(sp,{}),children:[X(al,{asked:e.first,what:`ended orders`,children:()=>t.length?X(ll,{label:`Orders`,columns:[...$f,...n?[]:ep,tp],list:t,id:e=>e.id,open:e=>qc(`orders`,e),selected:n}):X(nl,{children:`No order yet.`})}),X(sl,{of:e})]}),n&&X(Gf,{id:n},n)]})}function sp(){return X(b,{children:[X(Ol,{label:`symbol`,chosen:np,options:[[``,`All symbols`],...ip.value.map(e=>[e,e])]}),X(Ol,{label:`orders`,chosen:rp,options:Mf}),Y.may(O.TRADE)&&X(`button`,{type:`button`,class:`button danger small`,onClick:Of,children:`Cancel all`}),X(Uu,{symbol:np.value})]})}var cp=({of:e})=>X(b,{children:zf(e,e.endedAt?0:Zf.second.value)});function lp({of:e}){return Y.may(O.TRADE)?X(b,{children:[Uf(e)&&X(`button`,{type:`button`,class:`button small`,onClick:()=>kf(e),"aria-label":`change ${e.id}`,children:`Change`}),` `,Hf(e)&&X(`button`,{type:`button`,class:`button danger small`,onClick:()=>Df(e),"aria-label":`cancel ${e.id}`,children:`Cancel`})]}):null}var up={id:`orders`,title:`Orders`,icon:`orders`,Screen:op},dp={bad:`✗`,warn:`!`,accent:`✓`};function fp(e){return e.usage.map(e=>{let t=e.verdict===la.NOT_APPLICABLE?void 0:tf(e),n=pp(e,t),r=mp(e.code);return{code:e.code,name:e.code.replaceAll(`_`,` `),part:t,tone:n,mark:dp[n]??`–`,used:t===void 0?`–`:`${r(e.actual)} of ${r(e.limit)}`,left:t===void 0?`–`:r(e.headroom),text:e.text}})}function pp(e,t){return e.verdict===la.FAILED?`bad`:t===void 0?`dim`:nf(t)}function mp(e){return/drawdown|loss/.test(e)?K:/positions$/.test(e)?e=>G(e,0):e=>e===void 0?`–`:`$${G(e,0)}`.replace(`$−`,`−$`)}function hp(e){let t=(e.limits?.warningDrawdownBp??0)/100,n=(e.limits?.criticalDrawdownBp??0)/100;if(n<=0)return;let r=e.drawdownPct;return{part:r/n,warning:t/n,tone:r>=n?`bad`:r>=t?`warn`:`good`,now:K(r),reduced:`${t}%`,disabled:`${n}%`}}function gp(e,t){let n=[...new Set(e.flatMap(e=>[e.symbol,e.otherSymbol]))].sort(),r=new Map(e.flatMap(e=>[[`${e.symbol} ${e.otherSymbol}`,e.rho],[`${e.otherSymbol} ${e.symbol}`,e.rho]]));return{symbols:n,rows:n.map(e=>n.map(n=>e===n?_p:vp(r.get(`${e} ${n}`),t)))}}var _p={text:`1`,strength:void 0,over:!1};function vp(e,t){if(e===void 0)return{text:`? !`,strength:0,over:!0};let n=Math.abs(e)>t;return{text:G(e)+(n?` !`:``),strength:Math.abs(e),over:n}}function yp(e){return`${`${q(e.unprotectedShares)} shares now ${e.unprotectedShares?`✗`:`✓`}`}, ${G(e.unprotectedShareSeconds,0)} share-seconds in this session`}var bp=e=>`${ms(e.startTime)} to ${e.endTime?ms(e.endTime):`now`}`,xp=e=>[...e.unprotectedSpans].reverse(),{store:Sp}=Y,Cp=5e3,wp=[{title:`Limit`,cell:e=>X(`span`,{class:`strong`,children:e.name})},{title:`Meter`,untitled:!0,cell:e=>e.part!==void 0&&X(el,{part:e.part,tone:e.tone})},{title:`Used`,right:!0,cell:e=>X(`span`,{class:e.tone,children:`${e.mark} ${K(e.part&&e.part*100,0)}`})},{title:`Of the limit`,right:!0,cell:e=>e.part===void 0?e.text:e.used},{title:`Left`,right:!0,cell:e=>X(`span`,{class:e.tone===`bad`?`bad`:``,children:e.left})}],Tp=[{title:`Symbol`,cell:e=>X($c,{of:e.symbol}),sort:e=>e.symbol},{title:`Side`,cell:e=>X(Qc,{word:nc(e.side),up:e.side===aa.LONG})},{title:`Shares`,right:!0,cell:e=>q(e.quantity),sort:e=>Number(e.quantity)},{title:`Value`,right:!0,cell:e=>B(e.value),sort:e=>Number(e.value)},{title:`Of equity`,right:!0,cell:e=>K(e.valuePct,1),sort:e=>e.valuePct},{title:`Entry to stop`,right:!0,from:900,cell:e=>V(e.riskAtStop)},{title:`Price to stop`,right:!0,cell:e=>V(e.lossToStop)}],Ep=[{title:`Symbol`,cell:e=>X($c,{of:e.symbol})},{title:`Shares`,right:!0,cell:e=>q(e.shares)},{title:`When`,cell:bp},{title:`Share-seconds`,right:!0,cell:e=>G(e.shareSeconds,0)},{title:`Why`,grow:!0,cell:e=>e.cause}],Dp=[{title:`What`,cell:e=>X(`span`,{class:`symbol`,children:e.subject})},{title:`Ours`,cell:e=>e.ours},{title:`The broker's`,cell:e=>e.theirs},{title:`Seen`,from:900,cell:e=>`${gs(e.since)}${e.confirmed?``:`, not sure yet`}`},{title:`What is done`,grow:!0,cell:e=>e.rule}],Op=P(()=>Math.floor(Vc.value/Cp)),kp=P(()=>Y.link.value.phase===`live`);function Ap(){let e=il(async e=>(Sp.renewals.value,Sp.positions.keys.value,kp.value&&Op.value,(await Y.api.risk.getRiskReport({},{signal:e})).report)),t=Sp.risk.value;return t?X(`div`,{class:`view risk-view`,children:[X(`div`,{class:`columns`,children:[X(jp,{risk:t}),X(Np,{risk:t})]}),t.differences.length>0&&X(Z,{title:`Differences to the broker's books`,count:t.differences.length,children:X(ll,{label:`Differences`,columns:Dp,list:t.differences,id:e=>e.subject})}),X(al,{asked:e,what:`the risk report`,children:e=>e&&X(zp,{of:e,limit:t.limits?.correlationLimit??.7})})]}):X(tl,{what:`the risk engine`})}function jp({risk:e}){let t=hp(e);return X(Z,{title:`Limits`,class:`limits`,children:[t&&X(Mp,{of:t}),X(ll,{label:`Limits`,columns:wp,list:fp(e),id:e=>e.code})]})}function Mp({of:e}){return X(`div`,{class:`drawdown`,children:[X(`p`,{children:[X(`span`,{class:`dim`,children:`Drawdown`}),` `,X(`strong`,{class:e.tone,children:e.now}),` `,X(`span`,{class:`dim`,children:`below the peak`})]}),X(`div`,{class:`scale`,children:[X(el,{part:e.part,tone:e.tone}),X(`span`,{class:`at`,style:{left:`${e.warning*100}%`}})]}),X(`p`,{class:`ends`,children:[X(`span`,{children:`0%`}),X(`span`,{class:`reduced`,style:{left:`${e.warning*100}%`},children:[e.reduced,` reduced`]}),X(`span`,{children:[e.disabled,` disabled`]})]})]})}function Np({risk:e}){let t=e.breakerLatched||e.dailyLossReached;return X(Z,{title:`State`,padded:!0,tools:Y.may(O.ADMIN)&&X(b,{children:[t&&X(Pp,{text:`Reset the breaker`,click:Kd}),e.halted&&X(Pp,{text:`Resume trading`,click:Gd})]}),children:X(rl,{of:Fp(e)})})}var Pp=({text:e,click:t})=>X(`button`,{type:`button`,class:`button small`,onClick:t,children:e});function Fp(e){let t=e.unprotectedShares>0n,n=e.differences.length;return[[`Breaker`,X(Lp,{of:e},`breaker`)],[`Kill switch`,X(Rp,{of:e},`switch`)],[`Day P&L`,X(b,{children:[X(Xc,{amount:e.dayPnl}),` `,X(Zc,{value:e.dayPnlPct})]})],[`Equity`,X(Ip,{first:V(e.equity),then:`peak ${V(e.peakEquity)}`},`equity`)],[`Exposure`,X(Ip,{first:V(e.exposure),then:`${K(e.exposurePct,1)} of equity`},`exposure`)],[`At risk`,X(Ip,{first:V(e.riskDeployed),then:`if every stop is hit at its price`},`at`)],[`Unprotected`,X(`span`,{class:t?`bad`:`good`,children:yp(e)})],[`Books`,X(`span`,{class:n?`bad`:`good`,children:n?`✗ ${Ys(n,`difference`)} to the broker's`:`✓ as the broker's`})]]}var Ip=({first:e,then:t})=>X(b,{children:[e,` `,X(`span`,{class:`dim`,children:t})]});function Lp({of:e}){return X(b,{children:[X(Yc,{word:fc(e.breaker)}),` `,X(`span`,{class:`dim`,children:[`size ×`,e.sizeMultiplierBp/1e4,e.breakerChangedAt&&`, since ${gs(e.breakerChangedAt)}`]}),e.breakerLatched&&X(`p`,{class:`warn`,children:`latched: until an admin resets it`}),e.breakerReason&&X(`p`,{class:`warn`,children:e.breakerReason}),e.dailyLossReached&&X(`p`,{class:`bad`,children:`daily loss reached: no entries until it is reset`})]})}function Rp({of:e}){return e.halted?X(b,{children:[X(Yc,{word:{text:`HALTED`,tone:`bad`}}),` `,X(`span`,{class:`dim`,children:[`since `,gs(e.haltedAt),` by `,e.haltedBy||`the daemon`]}),X(`p`,{class:`bad`,children:e.haltReason})]}):X(`span`,{class:`good`,children:`off`})}function zp({of:e,limit:t}){let n=xp(e);return X(b,{children:[X(`div`,{class:`columns`,children:[X(Z,{title:`What positions may lose`,count:e.positions.length,children:[e.positions.length?X(ll,{label:`What positions may lose`,columns:Tp,list:e.positions,id:e=>e.symbol}):X(nl,{children:`No open position.`}),X(`p`,{class:`worst`,children:[X(`span`,{class:`dim`,children:`Worst case`}),` `,X(`strong`,{children:V(e.worstCaseEquity)}),` `,X(`span`,{class:`dim`,children:[`equity if all stops are hit now; largest drawdown so far `,K(e.maxDrawdownPct)]})]})]}),X(Bp,{of:e,limit:t})]}),n.length>0&&X(Z,{title:`Without a stop at the broker, this session`,count:n.length,class:`spans`,children:X(ll,{label:`Without a stop`,columns:Ep,list:n,id:e=>`${e.symbol}${e.startTime?.seconds}.${e.startTime?.nanos}`})})]})}function Bp({of:e,limit:t}){let{symbols:n,rows:r}=gp(e.correlations,t);return X(Z,{title:`Correlations of open positions`,children:n.length?X(b,{children:[X(`table`,{class:`matrix`,"aria-label":`Correlations`,children:[X(`thead`,{children:X(`tr`,{children:[X(`td`,{}),n.map(e=>X(`th`,{scope:`col`,children:e},e))]})}),X(`tbody`,{children:r.map((e,t)=>X(`tr`,{children:[X(`th`,{scope:`row`,children:n[t]}),e.map((e,t)=>X(`td`,{class:e.over?`over`:e.strength===void 0?`same`:``,style:{"--strength":`${Math.round((e.strength??0)*40)}%`},children:e.text},n[t]))]},n[t]))})]}),X(`p`,{class:`worst dim`,children:[`! over `,G(t),`: an entry that is correlated is made smaller`]})]}):X(nl,{children:`Needs two open positions.`})})}var Vp={id:`risk`,title:`Risk`,icon:`risk`,Screen:Ap};function Hp(e,t){let n=new Set(e.map(e=>e.id));return[...e,...t.filter(e=>!n.has(e.id))].sort((e,t)=>Up(t)-Up(e))}var Up=e=>Number(e.decidedAt?.seconds??0n);function Wp(e){let t=e.outcome===`ordered`;return{text:`${t?`✓`:`·`} ${e.outcome.replaceAll(`_`,` `)}`,tone:t?`accent`:`dim`}}var Gp=e=>tc(e.mode).text+(e.neutral?` ½`:``),Kp=e=>e.kind===L.LONG||e.kind===L.EXIT_SHORT,qp=e=>e.outcome===`ordered`?`accent`:e.kind===L.NONE?`dim`:`warn`,Jp={close:`close`,kama:`KAMA`,longAbove:`long above`,shortBelow:`short below`,efficiencyRatio:`efficiency ratio`,atr:`ATR`,atrAverage:`average ATR`,rsi:`RSI`,adx:`ADX`,plusDi:`+DI`,minusDi:`−DI`,rSquared:`R²`,slope:`slope`,sma:`SMA`,ema:`EMA`,upperBand:`upper band`,lowerBand:`lower band`,averageVolume:`average volume`,spikeRatio:`spike ratio`};function Yp(e){return e?Object.entries(Jp).flatMap(([t,n])=>e[t]===void 0?[]:[[n,Js(e[t])]]):[]}function Xp(e){let[t=``,...n]=(e.text||e.entryTrigger).split(`
`);return[t,n]}function Zp({signal:e,whyNot:t=``,changes:n=[]}){let[r,i]=Xp(e),a=[e.outcomeText,t].find(t=>t&&!e.text.includes(t));return X(`div`,{class:`reading`,children:[r&&X(`p`,{class:`strong`,children:r}),i.map(e=>X(`p`,{children:e},e)),a&&X(`p`,{class:qp(e),children:a}),X(Qp,{of:e.rules}),X(em,{of:n}),e.risk&&X(`h3`,{children:`Risk`}),e.risk&&X(ku,{of:e.risk}),X(tm,{of:e}),X(nm,{of:e})]})}function Qp({of:e}){return e.length?X(b,{children:[X(`h3`,{children:`Rules`}),X(`table`,{class:`table rules`,"aria-label":`Rules`,children:[X(`thead`,{children:X(`tr`,{children:[X(`th`,{scope:`col`,children:X(`span`,{children:`Rule`})}),X(`th`,{scope:`col`,class:`right`,children:X(`span`,{children:`Value`})}),X(`th`,{scope:`col`,class:`right`,children:X(`span`,{children:`Threshold`})}),X(`th`,{scope:`col`,children:X(`span`,{children:`Distance`})})]})}),X(`tbody`,{children:e.map(e=>X(`tr`,{children:[X(`td`,{class:`grow`,children:[X(Au,{of:e.verdict}),` `,Tu(e.name),X(`span`,{class:`dim text`,children:e.text})]}),X(`td`,{class:`right`,children:e.value===void 0?``:Js(e.value)}),X(`td`,{class:`right dim`,children:e.threshold===void 0?``:`${e.comparison} ${Js(e.threshold)}`}),X(`td`,{children:X($p,{of:e})})]},e.name))})]})]}):null}function $p({of:e}){let t=Du(e);if(t===void 0)return null;let n=Math.max(Math.abs(t)*50,1),r={width:`${n}%`,left:`${t<0?50-n:50}%`};return X(`span`,{class:`balance`,title:`${Js(e.distance)} ${t<0?`short`:`beyond`}`,children:X(`span`,{class:uc(e.verdict).tone,style:r})})}function em({of:e}){return e.length?X(b,{children:[X(`h3`,{children:`What would have made a signal`}),e.map(e=>X(`p`,{children:[X(`strong`,{children:[lc(e.kind).text,`, `,tc(e.mode).text,`:`]}),` `,e.text]},`${e.kind} ${e.mode}`))]}):null}function tm({of:e}){return!e.orderIds.length&&!e.fills.length?null:X(b,{children:[X(`h3`,{children:`What followed`}),e.orderIds.map(e=>X(`p`,{children:X(`a`,{href:Kc(`orders`,e),children:[`order `,e]})},e)),e.fills.map((e,t)=>X(`p`,{children:[X(`span`,{class:`dim`,children:ms(e.time)}),` `,rc(e.side).text,` `,q(e.quantity),` at`,` `,V(e.price)]},e.executionId||t)),e.tradeId&&X(`p`,{children:X(`a`,{href:Kc(`trades`,e.tradeId),children:[`trade `,e.tradeId]})})]})}function nm({of:e}){let t=Yp(e.indicators);return t.length?X(b,{children:[X(`h3`,{children:`Indicators`}),X(`dl`,{class:`figures`,children:t.map(([e,t])=>X(`div`,{children:[X(`dt`,{children:e}),X(`dd`,{children:t})]},e))})]}):null}var{store:rm}=Y,im=100,am=[{title:`Decided ET`,cell:e=>gs(e.decidedAt)},{title:`Symbol`,cell:e=>X(`span`,{class:`symbol`,children:e.symbol})},{title:`Signal`,cell:e=>X(Qc,{word:lc(e.kind),up:Kp(e)})},{title:`Price`,right:!0,cell:e=>W(e.price)},{title:`Became`,cell:e=>X(Jc,{word:Wp(e)})},{title:`Mode`,from:1200,cell:Gp},{title:`Regime`,from:1500,cell:e=>X(Jc,{word:ec(e.regime)})},{title:`Why`,grow:!0,from:1500,cell:e=>e.outcomeText||e.entryTrigger}],om=[[``,`All kinds`],...[L.LONG,L.SHORT,L.EXIT_LONG,L.EXIT_SHORT].map(e=>[String(e),lc(e).text])],sm=N(``),cm=N(``),lm=P(()=>[...rm.prices.keys.value].sort()),um=e=>(!sm.value||e.symbol===sm.value)&&(!cm.value||e.kind===Number(cm.value));function dm(){let e=ol(async(e,t)=>{rm.renewals.value;let n={pageSize:im,pageToken:e,symbols:sm.value?[sm.value]:[],kinds:cm.value?[Number(cm.value)]:[]},r=await Y.api.signal.listSignals(n,t?{signal:t}:{});return{items:r.signals,next:r.nextPageToken}}),t=Hp(rm.signals.all.filter(um),e.items),[n=t[0]?.id??``,r]=Gc.value;return X(`div`,{class:`view desk`,children:[X(Z,{title:`Signals`,tools:X(fm,{}),children:[X(al,{asked:e.first,what:`signals`,children:()=>t.length?X(ll,{label:`Signals`,columns:am,list:t,id:e=>e.id,open:e=>qc(`signals`,e),selected:n}):X(nl,{children:`No signal yet. Ask why not.`})}),X(sl,{of:e})]}),n===`why`&&r?X(hm,{symbol:r},r):X(mm,{id:n},n)]})}function fm(){let e=F(``);return X(b,{children:[X(Ol,{label:`symbol`,chosen:sm,options:[[``,`All symbols`],...pm(lm.value)]}),X(Ol,{label:`kind`,chosen:cm,options:om}),X(Ol,{label:`why is a symbol not traded`,chosen:e,options:[[``,`Why not …`],...pm(lm.value)],onChoice:t=>{e.value=``,qc(`signals`,`why`,t)}})]})}var pm=e=>e.map(e=>[e,e]);function mm({id:e}){let t=il(async t=>(rm.signals.one(e).value,rm.renewals.value,e?(await Y.api.signal.getSignal({signalId:e},{signal:t})).signal:void 0)),n=t.value.value;return X(Z,{title:n?`${n.symbol}, bar of ${_s(n.barStartTime)} ET`:`Why`,class:`detail`,reads:!0,children:e?X(al,{asked:t,what:`the signal`,children:e=>e&&X(Zp,{signal:e})}):X(nl,{children:`Choose a signal, or ask why a symbol is not traded.`})})}function hm({symbol:e}){let t=il(t=>(rm.bars.one(e).value,rm.renewals.value,Y.api.signal.explain({symbol:e},{signal:t}))),n=t.value.value?.signal?.barStartTime;return X(Z,{title:`Why: ${e}${n?`, bar of ${_s(n)} ET`:``}`,class:`detail`,reads:!0,children:X(al,{asked:t,what:`why ${e} is not traded`,children:e=>e.signal&&X(Zp,{signal:e.signal,whyNot:e.whyNot,changes:e.smallestChanges})})})}var gm={id:`signals`,title:`Signals`,icon:`signals`,Screen:dm};function _m(e,t){let n=fs(e.uptime);return[[`State`,[Zs(e.state).text,e.stateDetail].filter(Boolean).join(`: `)],[`Version`,e.version],[`Up`,`${U(n)}, run ${q(e.run)} of this journal`],[`Timeframe`,`${e.timeframe}, ${Ys(e.symbols.length,`symbol`)}`],[`Last bar`,_s(e.progress?.lastBarTime)],[`Journal`,`event ${q(e.progress?.journalSeq)}, ${q(e.progress?.eventsQueued)} waiting`],[`Today`,`${Ys(e.counts?.signalsToday??0n,`signal`)}, ${Ys(e.counts?.tradesToday??0n,`trade`)}`],[`Streams`,Ys(e.counts?.subscribers??0n,`subscriber`)],[`You`,t?`${t.name}, ${pc(t.role).text}${vm(t)}`:`–`]]}var vm=e=>e.expiresAt?`, until ${_s(e.expiresAt)} ET`:``;function ym(e){return e.up?e.stale?{text:`stale`,tone:`warn`}:{text:`up`,tone:`good`}:{text:e.fatal?`down, mend it`:`down`,tone:`bad`}}function bm(e){return[[e.bars,`bar`],[e.quotes,`quote`],[e.tradeUpdates,`update`]].filter(([e])=>e>0n).map(([e,t])=>Ys(e,t)).join(`, `)||Ys(e.frames,`frame`)}var xm=e=>e.lastMessageAt?`${ms(e.lastMessageAt)}, ${U(fs(e.age))} ago`:`–`,Sm={[zr.CRITICAL]:0,[zr.WARNING]:1,[zr.INFO]:2};function Cm(e){let t=e=>(e.acknowledgedAt?10:0)+(Sm[e.severity]??3),n=e=>Number(e.lastRaisedAt?.seconds??0n);return[...e].sort((e,r)=>t(e)-t(r)||n(r)-n(e))}var wm=e=>e?`good`:`warn`,{store:Tm}=Y,Em=100,Dm=[{title:`Feed`,cell:e=>X(`span`,{class:`symbol`,children:e.name})},{title:`State`,cell:e=>X(Yc,{word:ym(e)})},{title:`Last message`,cell:xm},{title:`Brought`,from:900,cell:bm},{title:`Reconnects`,right:!0,cell:e=>String(e.reconnects)},{title:`Detail`,grow:!0,cell:e=>e.detail}],Om=[{title:`Part`,cell:e=>X(`span`,{class:`symbol`,children:e.name.replaceAll(`_`,` `)})},{title:`Ready`,cell:e=>X(`span`,{class:wm(e.ready),children:e.ready?`ready`:`not ready`})},{title:`Detail`,grow:!0,cell:e=>e.detail}];function km(){let e=Tm.status.value;return X(`div`,{class:`view`,children:X(`div`,{class:`columns`,children:[X(`div`,{class:`view`,children:[X(Mm,{}),X(Qd,{most:300})]}),X(`div`,{class:`view`,children:e&&X(Am,{status:e})})]})})}function Am({status:e}){return X(b,{children:[X(Z,{title:`Daemon`,padded:!0,children:X(rl,{of:_m(e,Y.caller.value)})}),X(Z,{title:`Feeds`,children:X(ll,{label:`Feeds`,columns:Dm,list:e.feeds,id:e=>e.name})}),X(Z,{title:`Parts`,children:X(ll,{label:`Parts`,columns:Om,list:e.parts,id:e=>e.name})}),X(`p`,{class:`dim credits`,children:[`Charts:`,` `,X(`a`,{href:`https://www.tradingview.com/`,rel:`noreferrer`,children:`TradingView Lightweight Charts™`}),`, © TradingView, Inc. Licences of all parts: `,X(`a`,{href:`./licenses.md`,children:`licenses.md`})]})]})}var jm=P(()=>Cm(Tm.alerts.all));function Mm(){let e=F(``);Xi(()=>{Tm.renewals.value,Y.api.system.listAlerts({pageSize:Em}).then(t=>{e.value=``,Tm.alerts.putBehind(t.alerts.reverse().map(e=>[e.id,e]))}).catch(t=>{e.value=String(t)})});let t=jm.value.filter(e=>!e.acknowledgedAt).length;return X(Z,{title:`Alerts`,count:t,class:`alerts`,children:[e.value&&X(`p`,{class:`empty bad`,children:[`Older alerts: `,e.value]}),jm.value.length?X(`ul`,{children:jm.value.map(e=>X(Nm,{alert:e},e.id))}):X(nl,{children:`No alert.`})]})}function Nm({alert:e}){let t=e.acknowledgedAt!==void 0,n=e.count>1n?`, ${e.count} times`:``;return X(`li`,{class:t?`alert seen`:`alert`,children:[X(`div`,{class:`head`,children:[X(Yc,{word:$s(e.severity)}),X(`strong`,{children:e.code}),e.symbol&&X(`span`,{class:`symbol accent`,children:e.symbol}),X(`span`,{class:`dim`,children:[gs(e.lastRaisedAt),n]}),!t&&Y.may(O.TRADE)&&X(Pm,{alert:e})]}),X(`p`,{children:e.text}),!t&&e.remedy&&X(`p`,{class:`accent`,children:[`What to do: `,e.remedy]}),t&&X(`p`,{class:`dim`,children:[`seen by `,e.acknowledgedBy||`somebody`,` at `,gs(e.acknowledgedAt),e.note&&`: ${e.note}`]})]})}function Pm({alert:e}){let t=F(!1);return X(`button`,{type:`button`,class:`button small`,disabled:t.value,onClick:async()=>{t.value=!0,await wl(`${e.code} acknowledged`,t=>Y.api.system.acknowledgeAlert({requestId:t,alertId:e.id})),t.value=!1},"aria-label":`acknowledge ${e.code}`,children:`Acknowledge`})}var Fm={id:`system`,title:`System`,icon:`system`,Screen:km},Im=12e4;async function Lm(e){let t=[],n=`trades.csv`;try{let r={...e,format:Ea.CSV};for await(let e of Y.api.trade.exportTrades(r,{timeoutMs:Im}))n=e.fileName||n,t.push(e.data)}catch(e){return`The trades were not saved: ${vs(e).text}`}let r=document.createElement(`a`);return r.href=URL.createObjectURL(new Blob(t,{type:`text/csv`})),r.download=n,r.click(),setTimeout(()=>URL.revokeObjectURL(r.href),Im),``}var Rm=new Intl.DateTimeFormat(`en-CA`,{timeZone:os,hour:`2-digit`,hourCycle:`h23`}),zm=864e5;function Bm(e,t=0){let n=Date.parse(`${e}T00:00:00Z`)+t*zm;if(Number.isNaN(n))return;let r=n/1e3+14400,i=Number(Rm.format(r*1e3))===0;return{seconds:BigInt(i?r:r+3600),nanos:0}}function Vm({symbol:e,mode:t,from:n,to:r}){let i=Bm(n),a=Bm(r,1);return{symbols:e?[e]:[],modes:t?[Number(t)]:[],...i&&n?{startTime:i}:{},...a&&r?{endTime:a}:{}}}function Hm(e){let t=(e,t,n)=>({title:e,value:t,tone:``,note:n});return[{...t(`Net P&L`,rs(e.netPnl),`commission ${V(e.commission)}`),tone:as(e.netPnl)},t(`Win rate`,K(e.winRatePct,1),`${q(e.wins)} of ${q(e.trades)} closed`),t(`Profit factor`,G(e.profitFactor),`${rs(e.grossProfit)} to ${V(e.grossLoss)}`),t(`Expectancy`,rs(e.expectancy),`win ${V(e.averageWin)}, loss ${V(e.averageLoss)}`),t(`Sharpe ratio`,G(e.sharpeRatio),`${G(e.sharpeRatioZeroRate)} at a rate of 0`),t(`Max drawdown`,K(e.maxDrawdownPct),V(e.maxDrawdown)),t(`Held on average`,U(fs(e.averageHoldingTime)),`best ${rs(e.bestPnl)}`)]}function Um(e){let t=(e,t)=>t?.trades?[{name:e,statistics:t}]:[];return[...e.byMode.flatMap(e=>t(tc(e.mode).text,e.statistics)),...e.byRegime.flatMap(e=>t(`regime: ${ec(e.regime).text}`,e.statistics)),...e.bySymbol.flatMap(e=>t(e.symbol,e.statistics))]}var Wm=e=>U(fs(e.holdingTime)),Gm=e=>e.exitReason||`open`,{store:Km}=Y;function qm({id:e}){let t=il(t=>(Km.renewals.value,Km.positions.keys.value,Y.api.trade.getTrade({tradeId:e},{signal:t})));return X(Z,{title:`Trade`,class:`detail`,reads:!0,tools:X(Kf,{to:`trades`}),children:X(al,{asked:t,what:`the trade`,children:e=>e.trade&&X(`div`,{class:`reading`,children:[X(Jm,{of:e.trade}),X(Ym,{of:e})]})})})}function Jm({of:e}){return X(b,{children:[X(`p`,{children:[X($c,{of:e.symbol}),` `,X(`strong`,{children:[nc(e.side).text,` `,q(e.entryQuantity)]}),` `,X(Xc,{amount:e.netPnl}),` (`,X(Zc,{value:e.realizedPnlPct}),`)`]}),X(rl,{of:[[`Entry`,`${V(e.entryPrice)}, ${_s(e.openedAt)} ET`],[`Exit`,e.closedAt?`${V(e.exitPrice)}, ${_s(e.closedAt)} ET`:V(e.exitPrice)],[`Why it ended`,Gm(e)],[`Held`,Wm(e)],[`First stop`,V(e.stopPrice)],[`P&L`,X(Xc,{amount:e.realizedPnl})],[`Commission`,V(e.commission)],[`Mode`,`${tc(e.mode).text}, regime ${ec(e.regime).text}`],[`Signal`,e.signalId?X(`a`,{href:Kc(`signals`,e.signalId),children:e.signalReason||e.signalId}):``]]})]})}function Ym({of:e}){return X(b,{children:[X(`h3`,{children:`Orders`}),X(`ol`,{class:`history`,children:e.orders.map(e=>X(`li`,{children:[X(`span`,{children:oc(e.role).text}),X(Jc,{word:ac(e.state)}),X(`a`,{href:Kc(`orders`,e.id),children:[rc(e.side).text,` `,q(e.filledQuantity),`/`,q(e.quantity),e.averageFillPrice&&` at ${V(e.averageFillPrice)}`]})]},e.id))})]})}var{store:Xm}=Y,Zm=100,Qm=[{title:`Opened ET`,cell:e=>gs(e.openedAt)},{title:`Symbol`,cell:e=>X(`span`,{class:`symbol`,children:e.symbol})},{title:`Side`,cell:e=>X(Qc,{word:nc(e.side),up:e.side===aa.LONG})},{title:`Shares`,right:!0,cell:e=>q(e.entryQuantity)},{title:`Entry`,right:!0,cell:e=>B(e.entryPrice)},{title:`Exit`,right:!0,cell:e=>B(e.exitPrice)},{title:`Net $`,right:!0,cell:e=>X(Xc,{amount:e.netPnl}),sort:e=>Number(e.netPnl)},{title:`%`,right:!0,cell:e=>X(Zc,{value:e.realizedPnlPct}),sort:e=>e.realizedPnlPct},{title:`Held`,right:!0,cell:Wm,sort:e=>Number(e.holdingTime?.seconds??0n)}],$m=[{title:`Mode`,from:1200,cell:e=>tc(e.mode).text},{title:`Closed ET`,from:1200,cell:e=>gs(e.closedAt)},{title:`Why it ended`,grow:!0,from:1200,cell:Gm}],eh=[{title:`Of`,cell:e=>X(`span`,{class:`symbol`,children:e.name})},{title:`Trades`,right:!0,cell:e=>q(e.statistics.trades)},{title:`Won`,right:!0,cell:e=>K(e.statistics.winRatePct,1)},{title:`Net $`,right:!0,cell:e=>X(Xc,{amount:e.statistics.netPnl})},{title:`Profit factor`,right:!0,cell:e=>G(e.statistics.profitFactor)},{title:`Expectancy`,right:!0,cell:e=>X(Xc,{amount:e.statistics.expectancy})}],th=[[``,`All modes`],...[oa.TREND,oa.MEAN_REVERSION,oa.MANUAL].map(e=>[String(e),tc(e).text])],nh={symbol:N(``),mode:N(``),from:N(``),to:N(``)},rh=P(()=>[...Xm.prices.keys.value].sort()),ih=P(()=>{let{symbol:e,mode:t,from:n,to:r}=nh;return{symbol:e.value,mode:t.value,from:n.value,to:r.value}});function ah(){return Xm.renewals.value,Xm.positions.keys.value,Vm(ih.value)}function oh(){let e=Gc.value[0];return X(`div`,{class:`view trades-view`,children:[X(ch,{}),X(`div`,{class:e?`view desk`:`view desk one`,children:[X(sh,{chosen:e}),e&&X(qm,{id:e},e)]})]})}function sh({chosen:e}){let t=ol(async(e,t)=>{let n={...ah(),pageSize:Zm,pageToken:e},r=await Y.api.trade.listTrades(n,t?{signal:t}:{});return{items:r.trades,next:r.nextPageToken}});return X(Z,{title:`Trades`,tools:X(uh,{}),children:[X(al,{asked:t.first,what:`trades`,children:()=>t.items.length?X(ll,{label:`Trades`,columns:e?Qm:[...Qm,...$m],list:t.items,id:e=>e.id,open:e=>qc(`trades`,e),selected:e}):X(nl,{children:`No trade yet.`})}),X(sl,{of:t})]})}function ch(){return X(al,{asked:il(e=>Y.api.trade.getStatistics(ah(),{signal:e})),what:`statistics`,children:e=>X(b,{children:[X(`div`,{class:`tiles`,children:e.total&&Hm(e.total).map(e=>X(`section`,{class:`tile`,"aria-label":e.title,children:[X(`h2`,{children:e.title}),X(`p`,{class:`value ${e.tone}`,children:e.value}),X(`p`,{class:`note dim`,children:e.note})]},e.title))}),X(lh,{of:Um(e)})]})})}function lh({of:e}){return e.length?X(`details`,{class:`panel`,children:[X(`summary`,{children:`By mode, regime and symbol, of trades closed in these days`}),X(ll,{label:`Statistics`,columns:eh,list:e,id:e=>e.name})]}):null}function uh(){let e=F(!1),t=async()=>{e.value=!0;let t=await Lm(Vm(ih.peek()));e.value=!1,t&&Q(t,`bad`)};return X(b,{children:[X(Ol,{label:`symbol`,chosen:nh.symbol,options:[[``,`All symbols`],...rh.value.map(e=>[e,e])]}),X(Ol,{label:`mode`,chosen:nh.mode,options:th}),X(dh,{name:`from`}),X(dh,{name:`to`}),X(`button`,{type:`button`,class:`button small`,disabled:e.value,onClick:t,children:e.value?`Saving …`:`Save CSV`})]})}var dh=({name:e})=>X(`input`,{type:`date`,class:`input tool`,"aria-label":`opened ${e}`,title:`opened ${e}`,value:nh[e].value,onChange:t=>{nh[e].value=t.currentTarget.value}}),fh=[Tf,Ld,gm,up,{id:`trades`,title:`Trades`,icon:`trades`,Screen:oh},Vp,wu,Fm];function ph(e,t){let n=e.risk,r=[mh(e.link,e.loaded,t)];if(n?.halted){let e=n.haltedBy?` by ${n.haltedBy}`:``;r.push({title:`HALTED`,text:`${e.trim()}${e?`: `:``}${n.haltReason}`,alarm:!0})}if(n?.breaker===pa.DISABLED||n?.breaker===pa.REDUCED){let e=n.breaker===pa.DISABLED;r.push({title:`BREAKER ${e?`DISABLED`:`REDUCED`}`,text:n.breakerReason,alarm:e})}return n?.dailyLossReached&&r.push({title:`DAILY LOSS LIMIT REACHED`,text:`everything is closed, no entries until it is reset`,alarm:!0}),r.push(hh(e.status?.feeds??[])),r.filter(e=>e!==void 0)}function mh(e,t,n){if(e.phase===`lost`)return{title:`CONNECTION LOST`,text:`${U((n-e.sinceMs)/1e3)} ago: what you see is old. Reconnecting … (${e.why})`,alarm:!0};if(e.phase===`live`&&As(e,n)===`stale`)return{title:`NO WORD FROM THE DAEMON`,text:`for ${U((ks(e,n)??0)/1e3)}: what you see is old`,alarm:!0};if(e.phase===`connecting`&&!t&&e.why)return{title:`CONNECTING`,text:`${e.why}; trying again …`,alarm:!1}}function hh(e){let t=e.filter(e=>!e.up||e.stale);if(t.length)return{title:`FEED`,text:t.map(e=>`${e.name} ${e.up?`stale`:`down`}${e.detail?`: ${e.detail}`:``}`).join(`; `),alarm:t.some(e=>e.fatal)}}var gh=P(()=>Y.store.alerts.all.filter(e=>!e.acknowledgedAt).length);function _h({chosen:e}){return X(`nav`,{class:`nav`,"aria-label":`views`,children:fh.map((t,n)=>X(`a`,{href:Kc(t.id),"aria-current":t.id===e?`page`:void 0,title:t.title,children:[X(Pc,{name:t.icon}),X(`span`,{class:`name`,children:t.title}),t.id===`system`&&gh.value>0?X(`span`,{class:`badge warn`,title:`${gh.value} alerts that nobody has acknowledged`,children:gh}):X(`span`,{class:`key`,"aria-hidden":`true`,children:n+1})]},t.id))})}function vh(){return X(`div`,{class:`toasts`,"aria-live":`polite`,children:yl.value.map(e=>X(`div`,{class:`toast ${e.tone}`,role:e.tone===`bad`?`alert`:`status`,children:[X(`p`,{children:e.text}),X(`button`,{type:`button`,class:`icon-button`,onClick:()=>bl(e.id),"aria-label":`dismiss`,children:X(Pc,{name:`close`,size:12})})]},e.id))})}var{store:yh}=Y;function bh(){let e=yh.risk.value?.halted??!1;return Y.may(O.TRADE)?X(`span`,{class:`fact`,children:[e&&Y.may(O.ADMIN)&&X(`button`,{type:`button`,class:`button`,onClick:Gd,children:`Resume`}),!e&&X(`button`,{type:`button`,class:`button danger`,onClick:Ud,children:`Halt`}),X(`button`,{type:`button`,class:`button danger`,onClick:Wd,children:`Flatten`})]}):null}var{store:xh}=Y,Sh=new Intl.DateTimeFormat(`en-CA`,{timeZone:os,month:`short`,day:`2-digit`,hour:`2-digit`,minute:`2-digit`,second:`2-digit`,hourCycle:`h23`});function Ch(){return X(`header`,{class:`top ${Y.isLive.value?`live`:``}`,children:[X(`a`,{class:`brand`,href:`#/live`,"aria-label":`FluxHero, to the first view`,children:[X(`img`,{src:Oc,alt:``,width:22,height:22}),X(`span`,{class:`wide`,children:`FluxHero`})]}),X(wh,{}),X(Th,{}),X(`span`,{class:`spacer`}),X(Dh,{}),X(kh,{}),X(bh,{}),X(Ah,{})]})}function wh(){let e=xh.status.value?.mode;if(!e)return null;let t=Xs(e).text;return X(`strong`,{class:`mode ${t.toLowerCase()}`,title:`what is traded with`,children:t})}function Th(){let e=xh.status.value,t=xh.risk.value;if(!e)return null;let n=fc(t?.breaker);return X(b,{children:[X(`span`,{class:`badge ${Zs(e.state).tone}`,title:e.stateDetail,children:Zs(e.state).text}),t&&n.tone!==`good`&&X(Yc,{word:{text:`breaker ${n.text}`,tone:n.tone}}),Y.role.value===O.READ&&Y.caller.value&&X(Yc,{word:pc(O.READ)})]})}var Eh=P(()=>{let e=Math.max(xh.asOfMs.value,H(xh.status.value?.clock?.time)??0);return e?Sh.format(Math.floor(e/1e3)*1e3).replace(`.`,``):``});function Dh(){let e=xh.status.value?.session?.phase;return Eh.value?X(`span`,{class:`fact wide`,children:[e!==void 0&&e!==Rr.UNSPECIFIED&&X(Yc,{word:Qs(e)}),X(`span`,{title:`the exchange's time`,children:[Eh,` ET`]})]}):null}var Oh={active:`good`,delayed:`warn`,offline:`bad`};function kh(){let e=Y.link.value,t=ks(e,Vc.value),n=js(e,Vc.value),r=As(e,Vc.value),i=e.phase===`live`?r===`fresh`?n:r:e.phase,a=e.phase!==`live`||r===`stale`?`bad`:r===`late`?`warn`:Oh[n];return X(`span`,{class:`heartbeat`,title:`when the daemon last said that what you see holds`,children:[X(`span`,{class:`dot ${a}`}),X(`span`,{class:a,role:`status`,children:i}),X(`span`,{class:`age`,children:t===void 0?``:U(t/1e3)})]})}function Ah(){let e=Y.caller.value,t=od.value===`dark`?`light`:`dark`;return X(`span`,{class:`fact`,children:[X(`span`,{class:`wide dim`,title:e?`role: ${pc(e.role).text}`:``,children:e?.name.replace(/^token:/,``)}),X(`button`,{type:`button`,class:`icon-button`,onClick:sd,"aria-label":`use the ${t} theme`,title:`${t} theme`,children:X(Pc,{name:t===`light`?`sun`:`moon`})}),X(`button`,{type:`button`,class:`icon-button`,onClick:()=>Y.signOut(),"aria-label":`sign out`,title:`sign out`,children:X(Pc,{name:`out`})})]})}var{store:jh}=Y;function Mh(){let e=fh.find(e=>e.id===Wc.value)??fh[0];return X(`div`,{class:`shell`,children:[X(`a`,{class:`skip`,href:`#main`,children:`to the content`}),X(Ch,{}),X(Nh,{}),X(_h,{chosen:e.id}),X(Ph,{view:e}),X(vh,{}),X(zc,{})]})}function Nh(){return X(`div`,{class:`banners`,role:`alert`,children:ph({link:Y.link.value,loaded:jh.loaded.value,risk:jh.risk.value,status:jh.status.value},Vc.value).map(e=>X(`p`,{class:e.alarm?`banner alarm`:`banner`,children:[X(`strong`,{children:e.title}),X(`span`,{children:e.text})]},e.title))})}function Ph({view:e}){return X(`main`,{class:jh.loaded.value&&As(Y.link.value,Vc.value)===`stale`?`main old`:`main`,id:`main`,tabIndex:-1,children:[X(`h1`,{class:`hidden`,children:e.title}),X(Mc,{what:e.title,children:jh.loaded.value?X(e.Screen,{}):X(tl,{what:`the daemon's state`})},e.id)]})}function Fh(){let e=Y.stage.value;return e===`in`?X(Mh,{}):e===`out`?X(jc,{}):X(tl,{what:`the dashboard`})}function Ih(){addEventListener(`keydown`,e=>{if((e.target.closest(`input, textarea, select, dialog`)??document.querySelector(`dialog[open]`))||e.ctrlKey||e.metaKey||e.altKey)return;let t=fh[Number(e.key)-1];t&&qc(t.id)})}Ih(),Y.begin(),ye(X(Fh,{}),document.getElementById(`app`));export{os as i,fd as n,cd as r,yd as t};